import { existsSync } from 'node:fs'
import { type Check, warning } from '../check.ts'

const mebibyte = 2 ** 20
const large = 100 * mebibyte

export const walSize: Check = {
  name: 'wal-size',
  healthy: 'the write-ahead log is small',
  run(setup) {
    setup.getStats()
    const path = `${setup.getConfig().databaseFile}-wal`
    const size = existsSync(path) ? setup.getStats(path).size : 0
    if (size <= large) return []
    const message = `the write-ahead log has grown to ${Math.floor(size / mebibyte)} MiB`
    return [warning(message, 'end what reads the data file for long, then start the server anew: that empties it')]
  },
}
