import { assetEndpoint } from '../../asset-endpoint.ts'
import { resetPageScript, resetPageStyle } from './reset-page-files.ts'

export const getResetPageAsset = assetEndpoint(
  { id: 'getResetPageAsset', tag: 'Accounts', summary: 'Read a file that the page for a new password loads' },
  {
    'page.css': { mediaType: 'text/css', read: () => resetPageStyle },
    'page.js': { mediaType: 'text/javascript', read: () => resetPageScript },
  },
)
