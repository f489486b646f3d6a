import { execFile, execFileSync } from 'node:child_process'
import { randomBytes } from 'node:crypto'
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { promisify } from 'node:util'
import type { ExecutionContext } from 'ava'
import { type Running, startProcess } from './processes.ts'
import { temporaryFolder } from './start-server.ts'

export interface Booted extends Running {
  /** Runs a program in there, as root, and gives what it prints. */
  run(command: string, ...args: string[]): Promise<string>
}

export interface Boot {
  readonly unit: string
  readonly program: string
  /** Files of /etc: the unit's own, its settings, who there is. */
  readonly etc: Readonly<Record<string, string>>
}

/** Needs namespaces and a cgroup, which not every machine gives to root. */
export function canBootSystemd(t: ExecutionContext): boolean {
  const folder = temporaryFolder(t)
  try {
    const spaces = ['--mount', '--pid', '--fork', '--cgroup', '--ipc', '--uts']
    execFileSync('unshare', [...spaces, 'mount', '-t', 'cgroup2', 'cgroup2', folder], { stdio: 'pipe' })
    return true
  } catch (error) {
    t.log(`left out: this machine lets nobody boot a systemd in a namespace: ${(error as Error).message}`)
    t.pass()
    return false
  }
}

/** A systemd of our own, which starts this unit; the unit's output goes to ours. */
export async function bootSystemd(t: ExecutionContext, { unit, program, etc }: Boot): Promise<Booted> {
  const folder = temporaryFolder(t)
  const files = {
    ...etc,
    'machine-id': `${randomBytes(16).toString('hex')}\n`,
    'ld.so.cache': readFileSync('/etc/ld.so.cache'),
    // Without what a system does as it starts: only this unit.
    [`systemd/system/${unit}.d/test.conf`]:
      '[Unit]\nDefaultDependencies=no\n[Service]\nStandardOutput=file:/run/log-of-unit\nStandardError=inherit\n',
  }
  for (const [path, content] of Object.entries(files)) {
    const file = join(folder, 'etc', path)
    mkdirSync(dirname(file), { recursive: true })
    writeFileSync(file, content)
  }
  const script = join(import.meta.dirname, 'boot-systemd.sh')
  // Its own mounts end with it.
  const running = startProcess(t, 'unshare', ['--mount', 'sh', script, folder, unit, program])
  t.teardown(async () => {
    running.child.stdin?.end()
    await running.ended
  })
  const [, pid = ''] = await running.waitFor(/booting as (\d+)/)
  return {
    ...running,
    run: async (...command) => (await promisify(execFile)('nsenter', ['--target', pid, '--all', ...command])).stdout,
  }
}
