import type { Asset } from '../asset-endpoint.ts'
import { readPackagedFile } from '../packaged-file.ts'

/** Addresses are relative: behind a proxy the server may lie under a path. */
export const referencePage = `<!doctype html>
<html lang="en">
  <head>
    <meta charset="utf-8">
    <meta name="viewport" content="width=device-width, initial-scale=1">
    <title>Guestlist: API reference</title>
    <link rel="icon" href="data:,">
    <link rel="stylesheet" href="docs/swagger-ui.css">
  </head>
  <body>
    <main id="reference"></main>
    <noscript>This page needs JavaScript; the document itself is <a href="openapi.json">openapi.json</a>.</noscript>
    <script src="docs/swagger-ui-bundle.js"></script>
    <script src="docs/start.js"></script>
  </body>
</html>
`

// Without `validatorUrl: null` Swagger UI would send the document to a service of others.
const startScript = `SwaggerUIBundle({
  url: 'openapi.json',
  dom_id: '#reference',
  deepLinking: true,
  validatorUrl: null,
  syntaxHighlight: false,
})
`

/** What the page loads: Swagger UI from its package, and the lines that start it. */
export const assets = {
  'swagger-ui.css': {
    mediaType: 'text/css',
    read: () => readPackagedFile('swagger-ui-dist/swagger-ui.css'),
  },
  'swagger-ui-bundle.js': {
    mediaType: 'text/javascript',
    read: () => readPackagedFile('swagger-ui-dist/swagger-ui-bundle.js'),
  },
  'start.js': { mediaType: 'text/javascript', read: async () => startScript },
} as const satisfies Record<string, Asset>
