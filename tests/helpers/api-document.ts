import { Ajv2020 } from 'ajv/dist/2020.js'
import addFormats from 'ajv-formats'
import { buildDocument } from '../../server/openapi/build-document.ts'
import { routes } from '../../server/routes.ts'

interface MediaType {
  readonly schema: object
  readonly example?: unknown
  readonly examples?: Record<string, { readonly value: unknown }>
}

interface Response {
  readonly description: string
  readonly headers?: Record<string, { readonly $ref: string }>
  readonly content?: Record<string, MediaType>
}

export interface DocumentedOperation {
  readonly operationId: string
  readonly tags: readonly string[]
  readonly security: readonly Record<string, readonly string[]>[]
  readonly parameters?: readonly { name: string; in: string; schema: object; example?: unknown }[]
  readonly requestBody?: { readonly required: boolean; readonly content: Record<string, MediaType> }
  readonly responses: Record<string, Response>
}

interface ApiDocument {
  readonly paths: Record<string, Record<string, DocumentedOperation>>
  readonly components: {
    readonly headers: Record<string, { readonly required?: boolean }>
    readonly schemas: Record<string, object>
  }
}

export const documentOf = (config: { publicUrl: string; passwordMinLength: number }): ApiDocument =>
  buildDocument(routes, config) as unknown as ApiDocument

/** The document as a server with the usual settings has it. */
export const apiDocument = documentOf({ publicUrl: 'http://localhost:3000', passwordMinLength: 15 })

const ajv = new Ajv2020({ strict: true, allErrors: true, allowUnionTypes: true })
addFormats.default(ajv)
// For people's clients to show; what a display name may hold, no pattern can say.
ajv.addFormat('display-name', true)
ajv.addKeyword('components')
ajv.addSchema({ $id: 'https://guestlist.example/openapi', components: apiDocument.components } as object, 'document')

const rebase = (schema: object): object =>
  JSON.parse(JSON.stringify(schema).replaceAll('"#/components/', '"document#/components/'))

const validators = new Map<object, ReturnType<typeof ajv.compile>>()

/** What is wrong with a value by a schema of the document; undefined when nothing is. */
export function findSchemaErrors(schema: object, value: unknown): string | undefined {
  const validate = validators.get(schema) ?? ajv.compile(rebase(schema))
  validators.set(schema, validate)
  return validate(value) ? undefined : ajv.errorsText(validate.errors)
}

/** The operations by path template, with a pattern that matches their paths. */
export const documentedPaths = Object.entries(apiDocument.paths).map(([template, operations]) => ({
  template,
  operations,
  pattern: new RegExp(`^${template.replaceAll('.', '\\.').replace(/\{\w+\}/g, '[^/]+')}$`),
}))
