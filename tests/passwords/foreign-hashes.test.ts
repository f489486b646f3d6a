import test from 'ava'
import { parseForeignHash } from '../../server/passwords/foreign/parse-foreign-hash.ts'

/** Made by others: bcrypt by jBCrypt's own tests and by libxcrypt, Argon2 by the reference implementation's tests. */
const vectors: readonly (readonly [made: string, password: string, hash: string])[] = [
  ['jBCrypt', '', '$2a$10$k1wbIrmNyFAPwPVPSVa/zecw2BCEnBwVS2GbrmgzxFUOqW9dk4TCW'],
  ['jBCrypt', 'a', '$2a$10$k87L/MF28Q673VKh8/cPi.SUl7MU/rWuSiIDDFayrKk/1tBsSQu4u'],
  ['jBCrypt', 'abc', '$2a$10$WvvTPHKwdBJ3uk0Z37EMR.hLA2W6N9AEBhEgrAOljy2Ae5MtaSIUi'],
  ['jBCrypt', '~!@#$%^&*()      ~!@#$%^&*()PNBFRD', '$2a$10$LgfYWkbzEvQ4JakH7rOvHe0y8pHKF9OaFgwUZ2q7W2FFZmZzJYlfS'],
  ['libxcrypt', 'pässwörd ☃', '$2b$10$abcdefghijklmnopqrstu.0QXGVn4SYpyqZKvcFz2vsMj7csGuiPC'],
  ['libxcrypt', 'pässwörd ☃', '$2y$10$abcdefghijklmnopqrstu.0QXGVn4SYpyqZKvcFz2vsMj7csGuiPC'],
  [
    'phc-winner-argon2',
    'password',
    '$argon2id$v=19$m=65536,t=2,p=1$c29tZXNhbHQ$CTFhFdXPJO1aFaMaO6Mm5c8y7cJHAph8ArZWb2GRPPc',
  ],
  [
    'phc-winner-argon2',
    'password',
    '$argon2i$v=19$m=65536,t=2,p=1$c29tZXNhbHQ$wWKIMhR9lyDFvRz9YTZweHKfbftvj+qf+YFY4NeBbtA',
  ],
  [
    'better-auth',
    'Ünïcode passwôrd',
    '87bb58283dc0391d0f84a0e0378d3113:11b85d222b3784f7751b23ebdfa34026db3c9fa93fd1d8ac7dfb82e477d16686a65e301fe00106a591504583c75ecf29c050e59b63d82c7afdf5f8fecbc6c118',
  ],
]

for (const [made, password, hash] of vectors) {
  test(`${made}: ${hash.slice(0, 12)}… is the hash of ${JSON.stringify(password)}, and of no other password`, async (t) => {
    const foreign = parseForeignHash(hash)
    t.like(foreign, { isTooWeak: false, isTooCostly: false })
    t.true(await foreign?.verify(password))
    for (const wrong of [`${password}x`, `x${password}`, ` ${password}`]) {
      t.false(await foreign?.verify(wrong), wrong)
    }
  })
}

const [bcrypt = '', argon2 = '', salted = ''] = [vectors[0]?.[2], vectors[6]?.[2], vectors[8]?.[2]]

test('what is not wholly such a hash is none', (t) => {
  for (const text of [
    '',
    'secure-password',
    bcrypt.slice(0, -1),
    `${bcrypt}a`,
    `${bcrypt}\n`,
    ` ${bcrypt}`,
    bcrypt.replace('$2a$', '$2x$'),
    bcrypt.replace('$10$', '$03$'),
    bcrypt.replace('$10$', '$32$'),
    argon2.replace('v=19', 'v=16'),
    argon2.replace('$v=19', ''),
    argon2.replace('argon2id', 'argon2'),
    argon2.replace('m=65536', 'm=0'),
    argon2.replace('p=1', 'p=0'),
    // RFC 9106, section 3.1: at least 8 KiB for each lane.
    argon2.replace('m=65536', 'm=8').replace('p=1', 'p=2'),
    argon2.replace('t=2,p=1', 'p=1,t=2'),
    `${argon2}=`,
    salted.toUpperCase(),
    salted.slice(1),
    salted.replace(':', ''),
    '$1$saltsalt$qjXMvbEw8oaL.CzflDtaK/',
    'pbkdf2_sha256$600000$c2FsdA$aGFzaA',
  ]) {
    t.is(parseForeignHash(text), undefined, text)
  }
})

test('a cost that is not safe, and one that would stop the server, are told apart', (t) => {
  const judge = (text: string) => {
    const { isTooWeak, isTooCostly } = parseForeignHash(text) ?? t.fail(text) ?? {}
    return isTooWeak ? 'weak' : isTooCostly ? 'costly' : 'fine'
  }
  const rounds = (text: string) => judge(bcrypt.replace('$10$', `$${text}$`))
  t.deepEqual(['04', '09', '10', '14', '15', '31'].map(rounds), ['weak', 'weak', 'fine', 'fine', 'costly', 'costly'])
  const cost = (text: string) => judge(argon2.replace('m=65536,t=2', text))
  t.deepEqual(
    ['m=47104,t=1', 'm=47103,t=1', 'm=19456,t=2', 'm=19455,t=2', 'm=7168,t=5', 'm=7167,t=9', 'm=64,t=1'].map(cost),
    ['fine', 'weak', 'fine', 'weak', 'fine', 'weak', 'weak'],
  )
  t.deepEqual(['m=131072,t=6', 'm=131073,t=1', 'm=131072,t=7', 'm=65536,t=13'].map(cost), [
    'fine',
    'costly',
    'costly',
    'costly',
  ])
})

test('many bcrypt hashes at once are each answered with their own answer', async (t) => {
  const foreign = parseForeignHash(bcrypt)
  const passwords = Array.from({ length: 12 }, (_, index) => (index % 3 === 0 ? '' : `wrong ${index}`))
  const answers = await Promise.all(passwords.map((password) => foreign?.verify(password)))
  t.deepEqual(
    answers,
    passwords.map((password) => password === ''),
  )
})
