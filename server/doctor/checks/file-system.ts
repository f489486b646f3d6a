import { dirname } from 'node:path'
import { findNetworkFileSystem } from '../../../db/network-file-system.ts'
import { type Check, error, warning } from '../check.ts'

export const fileSystem: Check = {
  name: 'file-system',
  healthy: 'the data file lies on a local file system',
  run(setup) {
    const { databaseFile, allowNetworkFileSystem } = setup.getConfig()
    const folder = dirname(databaseFile)
    setup.getStats(folder)
    const network = findNetworkFileSystem(folder, (path) => setup.readFileSystem(path).type)
    if (network === undefined) return []
    const message = `${folder} lies on a network file system (${network}), where SQLite can lose data`
    const action = 'move the data file to a local disk, and set DATABASE_URL'
    return [allowNetworkFileSystem ? warning(message, action) : error(message, action)]
  },
}
