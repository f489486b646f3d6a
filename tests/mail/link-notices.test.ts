import test from 'ava'
import { resetPassword } from '../helpers/account-requests.ts'
import { startMailingServer, startMailServer } from '../helpers/mail-server.ts'
import { fiveProviders, linkAccount, linkedIds } from '../helpers/oauth-accounts.ts'
import { providerSettings, startTestProvider } from '../helpers/oauth-provider.ts'
import { linkThrough } from '../helpers/oauth-walk.ts'
import { registerPerson } from '../helpers/people.ts'
import { makeResetCodeFor } from '../helpers/reset-codes.ts'

test('who can sign in through a provider from now on, or no longer, is told so by mail', async (t) => {
  const mailServer = await startMailServer(t)
  const provider = await startTestProvider(t)
  const settings = { ...providerSettings(provider, ['good']), OAUTH_GOOD_LABEL: 'The Club' }
  const server = await startMailingServer(t, mailServer.port, { settings })
  const { token } = await registerPerson(server)
  t.is((await linkThrough(server, 'good', token)).status, 200)
  t.like(await mailServer.waitForMail(), {
    recipients: ['alice@example.com'],
    subject: 'The Club can sign in as alice',
  })
  t.regex(mailServer.mails[0]?.text ?? '', /was linked to the account alice/)
  t.is((await linkThrough(server, 'good', token)).status, 200, 'once more changes nothing')
  await server.request('DELETE', `/api/auth/oauth/accounts/${linkedIds(server)[0]}`, { token })
  t.is((await mailServer.waitForMail(2)).subject, 'The Club can no longer sign in as alice')
})

test('the notice of a reset names the accounts that were unlinked with it', async (t) => {
  const mailServer = await startMailServer(t)
  const server = await startMailingServer(t, mailServer.port, { settings: fiveProviders })
  const { user } = await registerPerson(server)
  for (const provider of ['github', 'github', 'of-yesterday', 'club']) linkAccount(server, user.id, { provider })
  await resetPassword(server, await makeResetCodeFor(server), 'a-new-secure-password')
  const { text = '' } = await mailServer.waitForMail()
  t.regex(text, /were unlinked\. Link those that are yours again:\n\n {4}GitHub\n {4}Club\n/)
})
