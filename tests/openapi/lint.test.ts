import spectral, { type RulesetDefinition } from '@stoplight/spectral-core'
import rulesets from '@stoplight/spectral-rulesets'
import test from 'ava'
import { apiDocument } from '../helpers/api-document.ts'

const lint = async (document: object): Promise<string[]> => {
  const linter = new spectral.Spectral()
  // Whom to contact is for whoever runs a server to say, not for its code.
  const rules = { 'info-contact': 'off' } as const
  linter.setRuleset({ extends: [[rulesets.oas as RulesetDefinition, 'all']], rules })
  const findings = await linter.run(JSON.stringify(document))
  return findings.map(({ code, path, message }) => `${code} at ${path.join('.')}: ${message}`)
}

test('Spectral finds nothing in the document, by all of its rules but the one that asks for a contact', async (t) => {
  t.deepEqual(await lint(apiDocument), [])
})

test('Spectral would find an operation without a description, and an example that is none', async (t) => {
  const text = JSON.stringify(apiDocument)
  const broken = JSON.parse(text)
  delete broken.paths['/api/auth/me'].get.description
  broken.paths['/api/auth/login'].post.requestBody.content['application/json'].example = { email: 1 }
  const findings = await lint(broken)
  t.true(findings.some((finding) => finding.startsWith('operation-description at paths./api/auth/me.get')))
  t.true(findings.some((finding) => finding.startsWith('oas3-valid-media-example at paths./api/auth/login.post')))
})
