import test from 'ava'
import { memoryStorage, webStorage } from '../src/index.ts'
import { memoryArea } from './helpers/web-platform.ts'

test('webStorage keeps the token under its key and names its lock after it', (t) => {
  const area = memoryArea()
  const storage = webStorage(area, 'my key')
  t.is(storage.get(), null)
  storage.set('a')
  t.is(area.getItem('my key'), 'a')
  t.is(area.getItem('guestlist.token'), null)
  t.is(webStorage(() => area, 'my key').get(), 'a')
  t.is(storage.lockName, 'my key')
  storage.remove()
  storage.remove()
  t.is(storage.get(), null)
})

test('memoryStorage is shared with nobody and takes no lock', (t) => {
  const storage = memoryStorage()
  storage.set('a')
  t.is(storage.get(), 'a')
  t.is(memoryStorage().get(), null)
  t.is(storage.lockName, undefined)
  storage.remove()
  t.is(storage.get(), null)
})
