import test from 'ava'
import { readMemoryRoom } from '../../server/machine/memory-room.ts'

const mebibyte = 2 ** 20
const plenty = () => 8192 * mebibyte

/** What the kernel of another machine tells. */
const room = (files: Record<string, string>, freeMemory = plenty): number =>
  readMemoryRoom({ readText: (path) => files[path], freeMemory }) / mebibyte

const bytes = (mebibytes: number): string => `${mebibytes * mebibyte}\n`
const second = {
  '/proc/self/cgroup': '0::/user/guestlist\n',
  '/proc/self/mountinfo': '30 23 0:26 / /sys/fs/cgroup rw,nosuid shared:4 - cgroup2 cgroup2 rw,nsdelegate\n',
}
const own = '/sys/fs/cgroup/user/guestlist'

test('without any limit the room is the memory of the machine that is free', (t) => {
  t.is(room({}), 8192)
  t.is(room({ ...second, [`${own}/memory.max`]: 'max\n', [`${own}/memory.high`]: 'max\n' }), 8192)
})

test('version 2: the limit less what is used, of which copies of files are given back', (t) => {
  const files = {
    ...second,
    [`${own}/memory.max`]: bytes(256),
    [`${own}/memory.current`]: bytes(100),
    [`${own}/memory.stat`]: `anon 1\ninactive_file ${20 * mebibyte}\nactive_file ${10 * mebibyte}\n`,
  }
  t.is(room(files), 186)
})

test('version 2: the lower limit of memory.high, and the narrowest of the cgroups around it, count', (t) => {
  const limited = { ...second, [`${own}/memory.max`]: bytes(512), [`${own}/memory.current`]: bytes(100) }
  t.is(room({ ...limited, [`${own}/memory.high`]: bytes(300) }), 200)
  const parent = '/sys/fs/cgroup/user'
  t.is(room({ ...limited, [`${parent}/memory.max`]: bytes(400), [`${parent}/memory.current`]: bytes(350) }), 50)
})

test('version 1: the memory controller counts, and no other', (t) => {
  const files = {
    '/proc/self/cgroup': '9:cpu,cpuacct:/other\n4:memory:/jobs/one\n0::/\n',
    '/proc/self/mountinfo': [
      '40 33 0:36 / /sys/fs/cgroup/cpu rw - cgroup cgroup rw,cpu,cpuacct',
      '41 33 0:37 / /sys/fs/cgroup/memory rw - cgroup cgroup rw,memory',
    ].join('\n'),
    '/sys/fs/cgroup/cpu/other/memory.limit_in_bytes': bytes(1),
    '/sys/fs/cgroup/memory/jobs/one/memory.limit_in_bytes': '9223372036854771712\n',
    '/sys/fs/cgroup/memory/jobs/memory.limit_in_bytes': bytes(128),
    '/sys/fs/cgroup/memory/jobs/memory.usage_in_bytes': bytes(60),
    '/sys/fs/cgroup/memory/jobs/memory.stat': `total_inactive_file ${4 * mebibyte}\ntotal_active_file 0\n`,
  }
  t.is(room(files), 72)
})

test('in a container that sees only its own part of the tree, its limit is found', (t) => {
  const files = {
    '/proc/self/cgroup': '4:memory:/docker/abc\n',
    '/proc/self/mountinfo': '41 33 0:37 /docker/abc /sys/fs/cgroup/memory ro - cgroup cgroup rw,memory\n',
    '/sys/fs/cgroup/memory/memory.limit_in_bytes': bytes(128),
    '/sys/fs/cgroup/memory/memory.usage_in_bytes': bytes(28),
  }
  t.is(room(files), 100)
})

test('limits of the process itself count, less what it has', (t) => {
  const limits = (space: string, data: string) =>
    `Max data size             ${data}            unlimited            bytes     \nMax address space         ${space}            unlimited            bytes     \n`
  const status = 'VmSize:\t  1024000 kB\nVmData:\t  102400 kB\n'
  const files = { '/proc/self/status': status, '/proc/self/limits': limits('unlimited', 'unlimited') }
  t.is(room(files), 8192)
  t.is(room({ ...files, '/proc/self/limits': limits(String(1200 * mebibyte), 'unlimited') }), 200)
  t.is(room({ ...files, '/proc/self/limits': limits('unlimited', String(150 * mebibyte)) }), 50)
})
