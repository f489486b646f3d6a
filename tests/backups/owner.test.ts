import { chownSync, statSync } from 'node:fs'
import { dirname } from 'node:path'
import test from 'ava'
import { fillDataFile } from '../helpers/backups.ts'
import { runCommand } from '../helpers/commands.ts'

const nobody = 65_534

test('what root backs up and restores for the server of another user is that one’s', async (t) => {
  if (process.geteuid?.() !== 0) return t.pass('only root gives files away')
  const file = await fillDataFile(t)
  for (const path of [dirname(file), file]) chownSync(path, nobody, nobody)
  const { stdout } = await runCommand(t, file, ['backup', '--json'])
  const backup: string = JSON.parse(stdout).file
  const restored = JSON.parse((await runCommand(t, file, ['restore', backup, '--json'])).stdout)
  for (const path of [backup, dirname(backup), file, restored.kept]) {
    const { uid, gid } = statSync(path)
    t.deepEqual([uid, gid], [nobody, nobody], path)
  }
  const elsewhere = `${file}-new`
  t.is((await runCommand(t, elsewhere, ['restore', backup])).code, 0)
  t.is(statSync(elsewhere).uid, nobody, "a new one is the folder's")
})
