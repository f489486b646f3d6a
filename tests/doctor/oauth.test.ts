import test from 'ava'
import { findFreePort } from '../../scripts/find-free-port.ts'
import { doctorJson, findingsOf, healthyDataFile, runChecksOn } from '../helpers/doctor.ts'
import { providerSettings, startTestProvider } from '../helpers/oauth-provider.ts'

const look = async (file: string, settings: Record<string, string>) => findingsOf(await runChecksOn(file, settings))

test('a provider that tells of itself what it should is no finding, nor is one that tells nothing', async (t) => {
  const provider = await startTestProvider(t)
  t.deepEqual(await look(await healthyDataFile(t), providerSettings(provider, ['club', 'plain-guild'])), [])
})

test('an issuer with a slip in it is found, as is one that calls itself otherwise, or does not answer', async (t) => {
  const provider = await startTestProvider(t)
  const file = await healthyDataFile(t)
  const settings = providerSettings(provider, ['club', 'discovery-issuer-of-another', 'discovery-html'])
  const closed = `http://127.0.0.1:${await findFreePort()}`
  const findings = await look(file, {
    ...settings,
    OAUTH_CLUB_ISSUER: `${provider.url}/club/`,
    OAUTH_GONE_CLIENT_ID: 'x',
    OAUTH_GONE_CLIENT_SECRET: 'a secret that nobody is told',
    OAUTH_GONE_ISSUER: closed,
  })
  t.deepEqual(
    findings.map(({ check, status }) => `${check} ${status}`),
    Array.from({ length: 4 }, () => 'oauth error'),
  )
  const said = findings.map(({ message }) => message).join('\n')
  t.regex(said, /^the provider club \(\S+\/club\/\) cannot be used: /m)
  t.regex(said, /^the provider discovery-issuer-of-another \(\S+\) cannot be used: .*issuer/m)
  t.regex(said, /^the provider discovery-html \(/m)
  t.regex(said, /^the provider gone \(http:\S+\) cannot be used: .*ECONNREFUSED/m)
  t.notRegex(JSON.stringify(findings), /a secret that nobody is told/)
  t.regex(
    findings.find(({ message }) => message.includes('provider club'))?.action ?? '',
    /^compare OAUTH_CLUB_ISSUER with/,
  )
})

test('the command asks them too', async (t) => {
  const provider = await startTestProvider(t)
  const settings = providerSettings(provider, ['discovery-issuer-of-another'])
  const { code, reports } = await doctorJson(t, await healthyDataFile(t), settings)
  t.is(code, 1)
  t.like(findingsOf(reports)[0], { check: 'oauth', status: 'error' })
})
