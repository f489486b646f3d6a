import test from 'ava'
import { isToken, samePerson, sameSession } from '../src/token.ts'
import { makeToken } from './helpers/tokens.ts'

test('a refreshed token is of the same session and person', (t) => {
  t.true(sameSession(makeToken({ gen: 1 }), makeToken({ gen: 2 })))
  t.true(samePerson(makeToken({ gen: 1 }), makeToken({ gen: 2 })))
})

test('a token of another sign-in is of another session of the same person', (t) => {
  t.false(sameSession(makeToken(), makeToken({ sid: 'session-2' })))
  t.true(samePerson(makeToken(), makeToken({ sid: 'session-2' })))
  t.false(samePerson(makeToken(), makeToken({ sub: 'bob' })))
})

test('of tokens that cannot be read only equal ones are of one session', (t) => {
  for (const unreadable of ['opaque', 'a.b.c', 'a.bnVsbA.c', 'a.W10.c', '..']) {
    t.true(sameSession(unreadable, unreadable))
    t.false(sameSession(unreadable, 'other'))
    t.false(samePerson(unreadable, makeToken()))
  }
})

test('claims beyond ASCII are read', (t) => {
  t.true(sameSession(makeToken({ sid: 'ü~~~ÿ?>' }), makeToken({ sid: 'ü~~~ÿ?>', gen: 2 })))
})

test('a token is visible ASCII without spaces', (t) => {
  t.true(isToken(makeToken()))
  for (const other of ['', ' ', 'a b', 'a\n', 'ü', null, undefined, 7, {}]) t.false(isToken(other))
})
