// What one writes by hand: Express, Kysely with its own SQLite dialect, jsonwebtoken with a key object. No protection.
import { createPublicKey } from 'node:crypto'
import SqliteDatabase from 'better-sqlite3'
import express from 'express'
import jwt from 'jsonwebtoken'
import { Kysely, SqliteDialect } from 'kysely'

const db = new Kysely({ dialect: new SqliteDialect({ database: new SqliteDatabase(process.env.DATABASE_FILE) }) })
const keys = await db.selectFrom('signing_keys').select('public_key').execute()
const publicKey = createPublicKey({ key: JSON.parse(keys[0].public_key), format: 'jwk' })

const app = express()
app.get('/api/auth/me', async (request, response) => {
  response.json(await findUser(readToken(request).sub))
})
app.get('/api/auth/users/:id', async (request, response) => {
  readToken(request)
  response.json(await findUser(request.params.id))
})
app.listen(Number(process.env.PORT), '127.0.0.1')

function readToken(request) {
  const token = request.headers.authorization?.replace('Bearer ', '') ?? ''
  return jwt.verify(token, publicKey, { algorithms: ['ES256'] })
}

async function findUser(id) {
  const user = await db
    .selectFrom('users')
    .select(['id', 'username', 'display_name', 'avatar_url', 'is_bot'])
    .where('id', '=', id)
    .executeTakeFirstOrThrow()
  return {
    id: user.id,
    username: user.username,
    displayName: user.display_name,
    avatarUrl: user.avatar_url,
    isBot: user.is_bot === 1,
  }
}
