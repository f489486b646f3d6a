import * as z from 'zod'
import { endpoint } from '../endpoint.ts'
import { AuthError } from '../errors.ts'
import { assets } from './reference-page.ts'

const AssetName = z.enum(Object.keys(assets) as (keyof typeof assets)[])

const cacheSeconds = 3600

export const getReferenceAsset = endpoint<{ asset: string }>(
  {
    id: 'getReferenceAsset',
    tag: 'Service',
    summary: 'Read a file that the reference page loads',
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
    if (!name.success) throw new AuthError('not_found')
    const { mediaType, read } = assets[name.data]
    const content = await read()
    response.set('Cache-Control', `public, max-age=${cacheSeconds}`)
    response.type(mediaType).send(content)
  },
)
