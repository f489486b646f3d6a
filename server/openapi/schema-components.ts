import * as z from 'zod'
import { newPassword } from '../passwords/password-rules.ts'

export type JsonSchema = Readonly<Record<string, unknown>>

interface DocumentConfig {
  readonly passwordMinLength: number
}

/** Turns the schemas that the server works with into those of the document, and collects the named ones. */
export class SchemaComponents {
  readonly schemas: Record<string, JsonSchema> = {}
  readonly #config: DocumentConfig

  constructor(config: DocumentConfig) {
    this.#config = config
  }

  /** JSON Schema 2020-12, which is the dialect of OpenAPI 3.1; a schema with an `id` becomes a reference. */
  toJsonSchema(schema: z.ZodType): JsonSchema {
    const converted = z.toJSONSchema(schema, {
      target: 'draft-2020-12',
      // What is sent, not what a transformation makes of it.
      io: 'input',
      override: ({ zodSchema, jsonSchema }) => {
        if (zodSchema === newPassword) jsonSchema.minLength = this.#config.passwordMinLength
        // Bounds of JavaScript, which tell a reader nothing.
        if (jsonSchema.minimum === Number.MIN_SAFE_INTEGER) delete jsonSchema.minimum
        if (jsonSchema.maximum === Number.MAX_SAFE_INTEGER) delete jsonSchema.maximum
      },
    })
    const { $schema: _, $defs = {}, ...own } = withComponentReferences(converted)
    for (const [name, definition] of Object.entries($defs)) this.schemas[name] = definition as JsonSchema
    return own
  }

  /** An example, put together from those of the fields. */
  exampleOf(schema: JsonSchema): unknown {
    const { $ref, examples, const: constant, enum: values, type, properties, items, anyOf } = schema
    if (typeof $ref === 'string') return this.exampleOf(this.schemas[$ref.split('/').at(-1) ?? ''] ?? {})
    if (Array.isArray(examples)) return examples[0]
    if (constant !== undefined) return constant
    if (Array.isArray(values)) return values[0]
    if (Array.isArray(anyOf)) return this.exampleOf(anyOf[0])
    if (type === 'array') return [this.exampleOf(items as JsonSchema)]
    if (type === 'object') return this.#exampleOfObject(properties as Record<string, JsonSchema>)
    return type === 'boolean' ? true : undefined
  }

  #exampleOfObject(properties: Record<string, JsonSchema>): unknown {
    return Object.fromEntries(Object.entries(properties).map(([name, schema]) => [name, this.exampleOf(schema)]))
  }
}

function withComponentReferences(schema: object): Record<string, unknown> & { $defs?: Record<string, unknown> } {
  return JSON.parse(JSON.stringify(schema).replaceAll('"#/$defs/', '"#/components/schemas/'))
}
