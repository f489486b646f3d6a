import { createVerifier, getVerifiedToken, requireToken } from '@guestlist/client/verify'
import express from 'express'

const issuer = process.env.GUESTLIST_URL ?? 'http://localhost:3000'
const port = Number(process.env.PORT ?? 4000)

const verifier = createVerifier({ issuer })
const messages: { readonly userId: string; readonly text: string }[] = []

const app = express()
app.use('/messages', requireToken(verifier), express.json())

app.get('/messages', (_request, response) => {
  response.json(messages)
})

app.post('/messages', (request, response) => {
  const text: unknown = request.body?.text
  if (typeof text !== 'string' || text === '') return response.status(422).json({ detail: 'Send {"text": "…"}.' })
  // Who wrote it is what the token says, never what the body says.
  const { userId } = getVerifiedToken(request)
  const message = { userId, text }
  messages.push(message)
  response.status(201).json(message)
})

const server = app.listen(port, '127.0.0.1', (error) => {
  if (error) throw error
  const address = server.address()
  console.log(`Messages at http://127.0.0.1:${typeof address === 'object' ? address?.port : port}/messages`)
})
