// The least that Node can do: the same JSON for everybody.
import { createServer } from 'node:http'

const user = {
  id: '019363a5-7c00-7b3e-9d2f-4b1f0c8e6a57',
  username: 'alice',
  displayName: 'Alice',
  avatarUrl: null,
  isBot: false,
}

createServer((_request, response) => {
  const body = JSON.stringify(user)
  response.writeHead(200, { 'Content-Type': 'application/json', 'Content-Length': Buffer.byteLength(body) }).end(body)
}).listen(Number(process.env.PORT), '127.0.0.1')
