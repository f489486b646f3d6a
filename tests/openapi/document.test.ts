import test from 'ava'
import { type ErrorCode, errorTable } from '../../server/errors.ts'
import { toTemplate } from '../../server/openapi/build-document.ts'
import { routes } from '../../server/routes.ts'
import { apiDocument, type DocumentedOperation, documentOf, findSchemaErrors } from '../helpers/api-document.ts'
import { startServer } from '../helpers/start-server.ts'

const operations = Object.entries(apiDocument.paths).flatMap(([path, byMethod]) =>
  Object.entries(byMethod).map(([method, operation]) => ({ name: `${method.toUpperCase()} ${path}`, operation })),
)

const codesOf = ({ responses }: DocumentedOperation): string[] =>
  Object.values(responses).flatMap(({ content }) => Object.keys(content?.['application/problem+json']?.examples ?? {}))

test('the document and the route table know the same operations', (t) => {
  const inTable = routes.map(([method, path]) => `${method} ${toTemplate(path)}`)
  t.deepEqual(operations.map(({ name }) => name).sort(), inTable.sort())
})

test('each operation has a name of its own, and is told to need a token and a body where the table says so', (t) => {
  t.is(new Set(operations.map(({ operation }) => operation.operationId)).size, operations.length)
  for (const [method, path, , access, body, endpoint] of routes) {
    const mayHaveToken = access !== 'public' || endpoint.operation.optionalToken === true
    const operation = apiDocument.paths[toTemplate(path)]?.[method.toLowerCase()]
    t.is(operation?.security.some((scheme) => 'bearer' in scheme) ?? false, mayHaveToken, path)
    t.is(operation?.requestBody?.required ?? false, body === 'json', path)
  }
})

test('where a token, a body or a limit is, the errors that come with it are documented', (t) => {
  for (const [method, path, limit, access, body] of routes) {
    const operation = apiDocument.paths[toTemplate(path)]?.[method.toLowerCase()]
    if (operation === undefined) return t.fail(path)
    const codes = codesOf(operation)
    const expected = [
      ...(limit === 'none' ? [] : ['rate_limited']),
      ...(access === 'public' ? [] : ['token_missing', 'token_invalid', 'session_ended']),
      ...(access === 'token' ? ['token_expired'] : []),
      ...(body === 'json'
        ? ['malformed_request', 'body_too_large', 'unsupported_media_type', 'validation_failed']
        : []),
      'internal_error',
    ]
    t.deepEqual(
      expected.filter((code) => !codes.includes(code)),
      [],
      `${method} ${path}`,
    )
  }
})

test('every error code is documented with its status at the operations that answer it', (t) => {
  const documented = new Set(operations.flatMap(({ operation }) => codesOf(operation)))
  // Of no operation: another method on a known path, and what later features will answer.
  const elsewhere = ['method_not_allowed']
  t.deepEqual([...documented, ...elsewhere].sort(), Object.keys(errorTable).sort())
  for (const { name, operation } of operations) {
    for (const [status, { content }] of Object.entries(operation.responses)) {
      for (const code of Object.keys(content?.['application/problem+json']?.examples ?? {})) {
        t.is(String(errorTable[code as ErrorCode][0]), status, `${code} of ${name}`)
      }
    }
  }
})

test('every body, every answer and every parameter has an example, and each is what its schema asks for', (t) => {
  let examples = 0
  const check = (schema: object, value: unknown, name: string): void => {
    examples += 1
    t.is(findSchemaErrors(schema, value), undefined, name)
  }
  for (const { name, operation } of operations) {
    for (const parameter of operation.parameters ?? []) check(parameter.schema, parameter.example, name)
    const contents = [operation.requestBody, ...Object.values(operation.responses)].flatMap((part) =>
      Object.entries(part?.content ?? {}),
    )
    for (const [mediaType, { schema, example, examples: named = {} }] of contents) {
      // A page and its files are no data.
      if (mediaType.startsWith('text/') && operation.requestBody === undefined) continue
      for (const value of [
        ...(example === undefined ? [] : [example]),
        ...Object.values(named).map((one) => one.value),
      ]) {
        check(schema, value, `${name} ${mediaType}`)
      }
      t.true(example !== undefined || Object.keys(named).length > 0, `${name} ${mediaType}`)
    }
  }
  t.true(examples > 150, String(examples))
})

test('the server serves the document with its own address and its own password rule', async (t) => {
  const server = await startServer(t, { settings: { PUBLIC_URL: 'https://auth.example/at', PASSWORD_MIN_LENGTH: '8' } })
  const { status, headers, body } = await server.request('GET', '/openapi.json')
  t.is(status, 200)
  t.is(headers.get('content-type'), 'application/json; charset=utf-8')
  t.deepEqual(body, documentOf({ publicUrl: 'https://auth.example/at', passwordMinLength: 8 }))
  t.deepEqual(body.servers, [{ url: 'https://auth.example/at' }])
  t.is(body.components.schemas.Registration.properties.password.minLength, 8)
  t.regex(body.openapi, /^3\.1\./)
})

test('the schemas of requests are those that validate them: what they refuse the server refuses, and the other way round', async (t) => {
  const server = await startServer(t)
  const inviteCode = await server.mintInvite()
  const schema = apiDocument.components.schemas.Registration ?? {}
  const good = { email: 'a@example.com', password: 'secure-password', username: 'someone', inviteCode }
  const bodies: Record<string, unknown>[] = [
    good,
    { ...good, email: 'b@example.com', username: 'ABC', displayName: 'Ä'.repeat(64) },
    { ...good, email: 'no address' },
    { ...good, email: `${'a'.repeat(251)}@b.c` },
    { ...good, username: 'ab' },
    { ...good, username: '-abc' },
    { ...good, displayName: '' },
    { ...good, displayName: 'a'.repeat(65) },
    { ...good, password: 'fourteen chars' },
    { ...good, password: 'p'.repeat(129) },
    { ...good, password: 'nul \0 in a password' },
    { ...good, inviteCode: 'A'.repeat(201) },
    { ...good, isBot: true },
    { ...good, email: undefined },
    { ...good, inviteCode: null },
  ]
  for (const body of bodies) {
    const answer = await server.request('POST', '/api/auth/register', { body })
    const isFine = findSchemaErrors(schema, JSON.parse(JSON.stringify(body))) === undefined
    t.is(answer.status, isFine ? 201 : 422, `${JSON.stringify(body)} ${answer.text}`)
  }
})
