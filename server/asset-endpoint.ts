import * as z from 'zod'
import { type Endpoint, endpoint, type Operation } from './endpoint.ts'
import { AuthError } from './errors.ts'

/** A file that a page of ours loads. */
export interface Asset {
  readonly mediaType: 'text/css' | 'text/javascript'
  readonly read: () => string | Promise<Buffer | string>
}

const cacheSeconds = 3600

/** Answers the files of a page by their names, which stand in the path as `:asset`. */
export function assetEndpoint(
  told: Pick<Operation, 'id' | 'tag' | 'summary'>,
  assets: Readonly<Record<string, Asset>>,
): Endpoint {
  const AssetName = z.enum(Object.keys(assets))
  return endpoint<{ asset: string }>(
    {
      ...told,
      parameters: { asset: AssetName.meta({ description: 'The name of the file.' }) },
      answer: {
        status: 200,
        description: 'The file',
        schema: z.string(),
        mediaTypes: ['text/css', 'text/javascript'],
      },
      errors: ['not_found'],
    },
    () => async (request, response) => {
      const name = AssetName.safeParse(request.params.asset)
      const asset = name.success ? assets[name.data] : undefined
      if (asset === undefined) throw new AuthError('not_found')
      const content = await asset.read()
      response.set('Cache-Control', `public, max-age=${cacheSeconds}`)
      response.type(asset.mediaType).send(content)
    },
  )
}
