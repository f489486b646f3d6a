import * as z from 'zod'
import { endpoint } from '../../endpoint.ts'
import { AuthError } from '../../errors.ts'
import { resetPageScript, resetPageStyle } from './reset-page-files.ts'

const assets = {
  'page.css': { mediaType: 'text/css', content: resetPageStyle },
  'page.js': { mediaType: 'text/javascript', content: resetPageScript },
} as const

const AssetName = z.enum(Object.keys(assets) as (keyof typeof assets)[])

const cacheSeconds = 3600

export const getResetPageAsset = endpoint<{ asset: string }>(
  {
    id: 'getResetPageAsset',
    tag: 'Accounts',
    summary: 'Read a file that the page for a new password loads',
    parameters: { asset: AssetName.meta({ description: 'The name of the file.' }) },
    answer: {
      status: 200,
      description: 'The file',
      schema: z.string(),
      mediaTypes: ['text/css', 'text/javascript'],
    },
    errors: ['not_found'],
  },
  () => (request, response) => {
    const name = AssetName.safeParse(request.params.asset)
    if (!name.success) throw new AuthError('not_found')
    const { mediaType, content } = assets[name.data]
    response.set('Cache-Control', `public, max-age=${cacheSeconds}`)
    response.type(mediaType).send(content)
  },
)
