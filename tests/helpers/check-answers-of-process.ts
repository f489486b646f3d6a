// For `node --import`: every answer of the process it is loaded into is held against the OpenAPI document.
import { subscribe } from 'node:diagnostics_channel'
import type { IncomingMessage, ServerResponse } from 'node:http'
import { checkAnswer } from './check-answers.ts'

subscribe('http.server.request.start', (message) => {
  const { request, response } = message as { request: IncomingMessage; response: ServerResponse }
  checkAnswer(request, response)
})
