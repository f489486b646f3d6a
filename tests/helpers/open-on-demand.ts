// A process that opens each data file whose path it reads from stdin as the server does, and says "open".
import { createInterface } from 'node:readline'
import { openDatabase } from '../../db/open-database.ts'
import { ensureSigningKey } from '../../server/sessions/signing-keys.ts'

console.log('waiting')
for await (const file of createInterface(process.stdin)) {
  const db = openDatabase(file)
  await ensureSigningKey(db, Date.now())
  await db.destroy()
  console.log(`open ${file}`)
}
