import { assetEndpoint } from '../asset-endpoint.ts'
import { assets } from './reference-page.ts'

export const getReferenceAsset = assetEndpoint(
  { id: 'getReferenceAsset', tag: 'Service', summary: 'Read a file that the reference page loads' },
  assets,
)
