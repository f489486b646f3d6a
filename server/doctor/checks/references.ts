import { findBrokenReferences } from '../../../db/find-damage.ts'
import { type Check, error } from '../check.ts'

export const references: Check = {
  name: 'references',
  healthy: 'every row that another one names is there',
  async run(setup) {
    const broken = await findBrokenReferences(setup.getDatabase())
    const action = 'another program has written to the data file: restore a backup from before that'
    return broken.map(({ table, parent, rows }) => error(`${rows} of ${table} name what is not in ${parent}`, action))
  },
}
