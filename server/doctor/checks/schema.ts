import { readSchemaVersion } from '../../../db/schema-version.ts'
import { type Check, warning } from '../check.ts'

/** A newer one is not opened at all. */
export const schema: Check = {
  name: 'schema',
  healthy: 'the schema is the one of this version',
  async run(setup) {
    const { version, newest } = await readSchemaVersion(setup.getDatabase())
    if (version === newest) return []
    const message = `the schema is ${version}, and this version has ${newest}`
    return [warning(message, 'nothing: the next start of the server brings it up to date')]
  },
}
