import { readdirSync, renameSync } from 'node:fs'
import { basename, dirname, join } from 'node:path'
import { mintInvite, readDataFile } from '../../prove/data-file.ts'
import { inLanes } from '../../prove/in-lanes.ts'
import { makePeople, register } from '../../prove/requests.ts'
import type { Attack } from '../attack.ts'

const people = 24

/** The names in every data file of the folder: the one that was moved, and those that the server rescued. */
async function readNames(folder: string): Promise<Set<string>> {
  const names = new Set<string>()
  for (const entry of readdirSync(folder)) {
    if (/-(?:wal|shm|journal)$/.test(entry) || !entry.includes('.db')) continue
    const found = await readDataFile(join(folder, entry), async (db) =>
      db.selectFrom('users').select('username').execute(),
    )
    for (const { username } of found) names.add(username)
  }
  return names
}

export const lostDataFile = (): Attack => ({
  name: 'lost-data-file',
  title: 'renames the data file under the server while people register, so that what was answered is lost',
  run: async (trial, evidence) => {
    const server = await trial.start(trial.newDataFile('lost-data-file'))
    const code = await mintInvite(server.file, people)
    let answered = 0
    const answers = await inLanes(6, makePeople(people), async (person) => {
      const { status } = await register(server, person, code)
      answered += 1
      // In the midst of those that are on their way.
      if (answered === people / 3) renameSync(server.file, `${server.file}.moved`)
      return { username: person.username, status }
    })
    const acknowledged = answers.filter(({ status }) => status === 201)
    evidence.count({ acknowledged: acknowledged.length })
    evidence.expect('people who registered before', acknowledged.length >= people / 3, true)
    evidence.expect('the loss was noticed', acknowledged.length < people, true)
    // A connection that was never closed leaves its -wal under the old name.
    await server.kill()
    for (const suffix of ['-wal', '-shm']) {
      const beside = `${server.file}${suffix}`
      if (readdirSync(dirname(server.file)).includes(basename(beside)))
        renameSync(beside, `${server.file}.moved${suffix}`)
    }
    const kept = await readNames(dirname(server.file))
    return { tried: people, gained: acknowledged.filter(({ username }) => !kept.has(username)).length }
  },
})
