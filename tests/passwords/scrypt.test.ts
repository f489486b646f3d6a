import { createHash, createHmac, randomBytes, scryptSync } from 'node:crypto'
import test from 'ava'
import { createAuthServer } from '../../server/auth-server.ts'
import { parseConfig } from '../../server/config.ts'
import { unbounded } from '../../server/passwords/hashing-bounds.ts'
import { PasswordHashing } from '../../server/passwords/password-hashing.ts'
import { registerAnother } from '../helpers/account-requests.ts'
import { cheapScrypt, startServer, temporaryFolder } from '../helpers/start-server.ts'

// RFC 7914, section 12. The last one (N = 1048576) takes a gigabyte.
const vectors = [
  {
    parameters: ['', '', { N: 16, r: 1, p: 1 }],
    key:
      '77d6576238657b203b19ca42c18a0497f16b4844e3074ae8dfdffa3fede21442' +
      'fcd0069ded0948f8326a753a0fc81f17e8d3e0fb2e0d3628cf35e20c38d18906',
  },
  {
    parameters: ['password', 'NaCl', { N: 1024, r: 8, p: 16 }],
    key:
      'fdbabe1c9d3472007856e7190d01e9fe7c6ad7cbc8237830e77376634b373162' +
      '2eaf30d92e22a3886ff109279d9830dac727afb94a83ee6d8360cbdfa2cc0640',
  },
  {
    parameters: ['pleaseletmein', 'SodiumChloride', { N: 16384, r: 8, p: 1 }],
    key:
      '7023bdcb3afd7348461c06cd81fd38ebfda8fbba904f8e3ea9b543f6545da1f2' +
      'd5432955613f0fcf62d49705242a9af9e61e85dc0d651e40dfcf017b45575887',
  },
] as const

for (const { parameters, key } of vectors) {
  const [password, salt, cost] = parameters
  test(`scrypt gives the known answer of RFC 7914 for N = ${cost.N}, p = ${cost.p}`, (t) => {
    t.is(scryptSync(password, salt, 64, { ...cost, maxmem: 64 * 1024 * 1024 }).toString('hex'), key)
  })
}

/** The scrypt file format, computed anew from the password and the hash's own cost and salt. */
function computeHash(password: string, stored: Uint8Array): Buffer {
  const header = Buffer.from(stored.subarray(0, 48))
  const checksum = createHash('sha256').update(header).digest().subarray(0, 16)
  const cost = { N: 2 ** header.readUInt8(7), r: header.readUInt32BE(8), p: header.readUInt32BE(12) }
  const key = scryptSync(password, header.subarray(16), 64, { ...cost, maxmem: 256 * 1024 * 1024 })
  const signed = Buffer.concat([header, checksum])
  return Buffer.concat([signed, createHmac('sha256', key.subarray(32)).update(signed).digest()])
}

test('a stored password is 96 bytes of the scrypt file format, over its NFKC form', async (t) => {
  const server = await startServer(t)
  await registerAnother(server, { password: 'ﬁve coffees for cre\u0300me' })
  const [row] = server.query<{ password_hash: Buffer }>('SELECT password_hash FROM users')
  const stored = row?.password_hash ?? Buffer.alloc(0)
  t.is(stored.length, 96)
  t.is(stored.toString('latin1', 0, 7), 'scrypt\0')
  t.deepEqual(stored, computeHash('five coffees for crème', stored))
})

test('two hashes of one password differ', async (t) => {
  const hashing = new PasswordHashing(cheapScrypt, randomBytes, unbounded)
  const [one, other] = await Promise.all([hashing.hash('secure-password'), hashing.hash('secure-password')])
  t.notDeepEqual(one.slice(16, 48), other.slice(16, 48))
  t.true(await hashing.verify(one, 'secure-password'))
  t.true(await hashing.verify(other, 'secure-password'))
  t.false(await hashing.verify(undefined, 'secure-password'))
})

test('a hash of which any part was changed opens nothing', async (t) => {
  const hashing = new PasswordHashing(cheapScrypt, randomBytes, unbounded)
  const hash = await hashing.hash('secure-password')
  for (let at = 0; at < hash.length; at += 1) {
    const changed = Uint8Array.from(hash, (byte, index) => (index === at ? byte ^ 1 : byte)) as typeof hash
    t.false(await hashing.verify(changed, 'secure-password'), `byte ${at}`)
  }
})

test('without being told otherwise a hash costs N = 2^15, r = 8, p = 3', async (t) => {
  const file = `${temporaryFolder(t)}/guestlist.db`
  const { deps, close } = await createAuthServer(parseConfig({ DATABASE_URL: `file:${file}`, LOG_LEVEL: 'silent' }))
  const hash = Buffer.from(await deps.hashing.hash('secure-password'))
  await close()
  t.deepEqual([hash.readUInt8(7), hash.readUInt32BE(8), hash.readUInt32BE(12)], [15, 8, 3])
})
