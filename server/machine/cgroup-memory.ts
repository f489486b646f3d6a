import { dirname, join } from 'node:path'
import type { ReadText } from './read-text.ts'

/** How the two versions of cgroups name the same: cgroups(7), and the kernel's cgroup-v1/memory and cgroup-v2. */
const files = {
  1: {
    limits: ['memory.limit_in_bytes'],
    usage: 'memory.usage_in_bytes',
    caches: /^total_(?:in)?active_file (\d+)$/gm,
  },
  2: { limits: ['memory.max', 'memory.high'], usage: 'memory.current', caches: /^(?:in)?active_file (\d+)$/gm },
} as const

interface Place {
  readonly version: 1 | 2
  readonly folder: string
  readonly mountPoint: string
}

/**
 * The bytes that the cgroup of this process may still take, and each one around it that can be seen; Infinity without a
 * limit. What is only a copy of files is given back when memory is short, so it counts as free.
 */
export function readCgroupRoom(readText: ReadText): number {
  const rooms = findPlaces(readText).flatMap(({ version, folder, mountPoint }) => {
    const ofEach: number[] = []
    for (let each = folder; each.startsWith(mountPoint); each = dirname(each)) {
      ofEach.push(readRoom(readText, version, each))
      if (each === mountPoint) break
    }
    return ofEach
  })
  return Math.min(Number.POSITIVE_INFINITY, ...rooms)
}

function readRoom(readText: ReadText, version: 1 | 2, folder: string): number {
  const { limits, usage, caches } = files[version]
  const numbers = limits.map((name) => Number(readText(join(folder, name)) ?? Number.NaN))
  // "max" is no number, and means none.
  const limit = Math.min(Number.POSITIVE_INFINITY, ...numbers.filter((number) => !Number.isNaN(number)))
  if (limit === Number.POSITIVE_INFINITY) return limit
  const stat = readText(join(folder, 'memory.stat')) ?? ''
  const cached = [...stat.matchAll(caches)].reduce((sum, [, bytes]) => sum + Number(bytes), 0)
  return limit - Number(readText(join(folder, usage)) ?? 0) + cached
}

/** Where this process stands: /proc/self/cgroup has the path, /proc/self/mountinfo (proc(5)) where such paths begin. */
function findPlaces(readText: ReadText): Place[] {
  const paths = (readText('/proc/self/cgroup') ?? '').split('\n').map((line) => /^\d+:([^:]*):(.*)$/.exec(line) ?? [])
  const mounts = (readText('/proc/self/mountinfo') ?? '').split('\n')
  return mounts.flatMap((line) => {
    const [, root = '', mountPoint = '', type, options = ''] =
      /^\S+ \S+ \S+ (\S+) (\S+) .* - (cgroup2?) \S+ (\S+)$/.exec(line) ?? []
    if (type === undefined || (type === 'cgroup' && !options.split(',').includes('memory'))) return []
    const version = type === 'cgroup2' ? 2 : 1
    const own = paths.find(([, names]) => (version === 2 ? names === '' : names?.split(',').includes('memory')))?.[2]
    if (own === undefined) return []
    // In a container only its own part may be mounted.
    const path = root !== '/' && own.startsWith(root) ? own.slice(root.length) : own
    return [{ version, mountPoint, folder: join(mountPoint, path.replace(/^(\/\.\.)+/, '')) }] as const
  })
}
