import { findDamage } from '../../../db/find-damage.ts'
import { type Check, error } from '../check.ts'

export const integrity: Check = {
  name: 'integrity',
  healthy: 'every page of the data file is as SQLite wrote it',
  async run(setup) {
    const problems = await findDamage(setup.getDatabase())
    if (problems.length === 0) return []
    const message = `the data file is damaged: ${problems.join('; ').replaceAll('\n', ' ')}`
    return [error(message, 'stop the server, keep a copy of the file, and restore the newest backup that is whole')]
  },
}
