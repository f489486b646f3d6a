// Bare Express, as its first example has it: no protection, no look-up, the same JSON for everybody.
import express from 'express'

const user = {
  id: '019363a5-7c00-7b3e-9d2f-4b1f0c8e6a57',
  username: 'alice',
  displayName: 'Alice',
  avatarUrl: null,
  isBot: false,
}

const app = express()
app.get('/api/auth/me', (_request, response) => {
  response.json(user)
})
app.listen(Number(process.env.PORT), '127.0.0.1')
