import * as z from 'zod'
import manifest from '../../package.json' with { type: 'json' }
import type { Config } from '../config.ts'
import { tags } from '../endpoint.ts'
import { ConnectionId } from '../presence/connection.ts'
import type { Route } from '../route.ts'
import { Problem, tableOfCodes } from './error-responses.ts'
import { responseHeaders, responsesOf } from './responses.ts'
import { type JsonSchema, SchemaComponents } from './schema-components.ts'

type DocumentConfig = Pick<Config, 'publicUrl' | 'passwordMinLength'>

const introduction = `People register with an invite code, sign in, refresh, and show that they are online; your services verify the
tokens themselves, with the keys at \`/.well-known/jwks.json\`.

All bodies are JSON in UTF-8, all times ISO 8601 in UTC, all ids UUIDs. A body with an unknown field or a wrong type is refused
whole. A token authenticates for 15 minutes; expired, it can be exchanged for a fresh one.

Every error is \`application/problem+json\` (RFC 9457) with a stable \`code\`. An unknown path is \`not_found\`, another method on a
known path \`method_not_allowed\` with \`Allow\`.`

/** Every operation of the route table as an OpenAPI document (version 3.1). */
export function buildDocument(routes: readonly Route[], config: DocumentConfig): JsonSchema {
  const components = new SchemaComponents(config)
  components.toJsonSchema(Problem)
  const paths: Record<string, Record<string, JsonSchema>> = {}
  for (const route of routes) {
    const [method, path] = route
    const template = toTemplate(path)
    paths[template] = { ...paths[template], [method.toLowerCase()]: describeOperation(route, components) }
  }
  return {
    openapi: '3.1.0',
    info: {
      title: 'Guestlist',
      version: manifest.version,
      summary: manifest.description,
      description: `${introduction}\n\n${tableOfCodes()}`,
      license: { name: manifest.license, url: 'https://opensource.org/license/mit' },
    },
    servers: [{ url: config.publicUrl }],
    tags: Object.entries(tags).map(([name, description]) => ({ name, description })),
    paths,
    components: {
      securitySchemes: {
        bearer: {
          type: 'http',
          scheme: 'bearer',
          bearerFormat: 'JWT',
          description: "A session's token, or a bot's (`glb_…`) unless the operation answers `person_required`.",
        },
      },
      headers: responseHeaders,
      schemas: components.schemas,
    },
  }
}

/** Express writes `/users/:id`, OpenAPI `/users/{id}`. */
export const toTemplate = (path: string): string => path.replace(/:(\w+)/g, '{$1}')

function describeOperation(route: Route, components: SchemaComponents): JsonSchema {
  const { operation } = route[5]
  const parameters = parametersOf(route, components)
  return {
    operationId: operation.id,
    tags: [operation.tag],
    summary: operation.summary,
    description: operation.description ?? `${operation.summary}.`,
    ...(parameters.length > 0 && { parameters }),
    ...requestBodyOf(route, components),
    ...securityOf(route),
    responses: responsesOf(route, components),
  }
}

function parametersOf([, path, , access, , { operation }]: Route, components: SchemaComponents): JsonSchema[] {
  const names = [...path.matchAll(/:(\w+)/g)].map(([, name = '']) => name)
  const inPath = names.map((name) => ({
    name,
    in: 'path',
    required: true,
    of: operation.parameters?.[name] ?? z.string(),
  }))
  const headers = { ...(access !== 'public' && { 'Guestlist-Connection': ConnectionId }), ...operation.headers }
  const inHeaders = Object.entries(headers).map(([name, of]) => ({ name, in: 'header', required: false, of }))
  const inQuery = Object.entries(operation.query?.shape ?? {}).map(([name, of]) => ({
    name,
    in: 'query',
    required: false,
    of: of as z.ZodType,
  }))
  return [...inPath, ...inQuery, ...inHeaders].map(({ of, ...parameter }) => {
    const { description, ...schema } = components.toJsonSchema(of)
    return {
      ...parameter,
      ...(description !== undefined && { description }),
      schema,
      example: components.exampleOf(schema),
    }
  })
}

function requestBodyOf([, , , , , { operation }]: Route, components: SchemaComponents): JsonSchema {
  if (operation.body === undefined) return {}
  const schema = components.toJsonSchema(operation.body)
  const media = { schema, example: components.exampleOf(schema) }
  const mediaTypes = operation.optionalBody?.mediaTypes ?? ['application/json']
  const content = Object.fromEntries(mediaTypes.map((mediaType) => [mediaType, media]))
  return { requestBody: { required: operation.optionalBody === undefined, content } }
}

/** Where the body may hold the token, the header may be left out. */
function securityOf([, , , access, , { operation }]: Route): JsonSchema {
  if (access === 'public') return { security: operation.optionalToken ? [{ bearer: [] }, {}] : [] }
  const mayBeInBody = access === 'own' && operation.optionalBody !== undefined
  return { security: [{ bearer: [] }, ...(mayBeInBody ? [{}] : [])] }
}
