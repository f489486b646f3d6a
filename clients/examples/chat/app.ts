// A chat for people with an invite: `npm run chat` starts it, with a Guestlist for development beside it.
import { spawn } from 'node:child_process'
import { dirname } from 'node:path'
import { fileURLToPath } from 'node:url'
import { createVerifier, getVerifiedToken, requireToken } from '@guestlist/client/verify'
import express from 'express'

const port = Number(process.env.CHAT_PORT ?? 4000)
const issuer = process.env.GUESTLIST_URL ?? `http://localhost:${process.env.PORT ?? 3000}`
const fileAt = (url: string) => fileURLToPath(new URL(url, import.meta.url))

// With GUESTLIST_URL it uses that server; without, it starts one with alice, bob and the invite ABC123.
if (process.env.GUESTLIST_URL === undefined) {
  const guestlist = spawn(process.execPath, [fileAt('../../../scripts/guestlist.ts'), 'dev'], {
    stdio: ['ignore', 'ignore', 'inherit'],
  })
  guestlist.on('exit', (code) => process.exit(code ?? 1))
  process.on('exit', () => guestlist.kill())
  for (const signal of ['SIGTERM', 'SIGINT'] as const) process.on(signal, () => guestlist.kill(signal))
}

const verifier = createVerifier({ issuer })
const messages: { readonly userId: string; readonly text: string }[] = []
const members = new Set<string>()

const app = express()
app.get('/', (_request, response) => response.sendFile(fileAt('index.html')))
app.get('/settings.json', (_request, response) => response.json({ guestlist: issuer }))
app.use('/client', express.static(dirname(fileURLToPath(import.meta.resolve('@guestlist/client')))))
app.use('/chat', requireToken(verifier), express.json())

// Who somebody is, is what the verified token says, never what the request says.
app.get('/chat', (request, response) => {
  members.add(getVerifiedToken(request).userId)
  response.json({ members: [...members], messages })
})

app.post('/chat', (request, response) => {
  const text: unknown = request.body?.text
  if (typeof text !== 'string' || text.trim() === '') return response.status(422).json({ detail: 'Write something.' })
  messages.push({ userId: getVerifiedToken(request).userId, text })
  response.sendStatus(201)
})

app.listen(port, '127.0.0.1', (error) => {
  if (error) throw error
  console.log(`Chat: http://localhost:${port}/#invite=ABC123 joins; alice@example.com signs in with secure-password`)
})
