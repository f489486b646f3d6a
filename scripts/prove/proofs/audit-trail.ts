import { execFile } from 'node:child_process'
import { copyFileSync, readFileSync, writeFileSync } from 'node:fs'
import { availableParallelism } from 'node:os'
import { join } from 'node:path'
import { mintInvite } from '../data-file.ts'
import { inLanes } from '../in-lanes.ts'
import type { Proof } from '../proof.ts'
import { logOut, makePerson, register, tokenOf } from '../requests.ts'
import { environment } from '../server-process.ts'
import type { Trial } from '../trial.ts'

export const auditTrail = (): Proof => ({
  name: 'audit-trail',
  promise: 'the audit trails are whole, also of the killed server, and one changed byte shows',
  prove: async (trial, evidence) => {
    const file = await makeDataFile(trial)
    const verdicts = await inLanes(availableParallelism(), trial.files, (each) => verify(trial, each))
    evidence.expect(
      'trails that are broken',
      verdicts.flatMap(({ problem }) => problem ?? []),
      [],
    )
    const events = verdicts.reduce((sum, verdict) => sum + verdict.events, 0)
    evidence.expect('whether there were events', events > 0, true)
    const forged = await verify(trial, forge(file))
    const broken = forged.problem === undefined ? 0 : 1
    evidence.expect('trails with a changed byte that are broken', broken, 1)
    evidence.count({ trails: verdicts.length, events, bytesChanged: 1, noticed: broken })
  },
})

async function makeDataFile(trial: Trial): Promise<string> {
  const file = trial.newDataFile('audit-trail')
  const server = await trial.start(file)
  const token = await tokenOf(register(server, makePerson('alice'), await mintInvite(file, 1)))
  await logOut(server, token)
  await server.stop()
  return file
}

/** A copy in which somebody wrote over one letter of an event: SQLite sees nothing wrong with it. */
function forge(file: string): string {
  const copy = `${file}.forged`
  copyFileSync(file, copy)
  const bytes = readFileSync(copy)
  // The name of the event stands behind its id; in the schema it would stand in quotes.
  const index = bytes.lastIndexOf('account.registered')
  bytes.write('b', index, 'latin1')
  writeFileSync(copy, bytes)
  return copy
}

interface Verdict {
  readonly events: number
  readonly problem?: string
}

/** What `guestlist audit verify` says. */
async function verify({ root }: Trial, file: string): Promise<Verdict> {
  const args = [join(root, 'scripts', 'guestlist.ts'), 'audit', 'verify', '--json']
  const env = environment({ DATABASE_URL: `file:${file}` })
  return await new Promise((resolve, reject) => {
    execFile(process.execPath, args, { cwd: root, env }, (error, stdout, stderr) => {
      try {
        const { isWhole, events = 0, problem } = JSON.parse(stdout)
        resolve(isWhole === true ? { events } : { events, problem: String(problem) })
      } catch {
        reject(error ?? new Error(stderr))
      }
    })
  })
}
