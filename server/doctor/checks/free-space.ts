import { dirname } from 'node:path'
import { type Check, error, warning } from '../check.ts'

const mebibyte = 2 ** 20
const tooLittle = 100 * mebibyte
const comfortable = 1024 * mebibyte
/** A backup and its check need as much as the file itself, each. */
const timesTheFile = 3

export const freeSpace: Check = {
  name: 'free-space',
  healthy: 'the disk has room for the data file to grow and to be copied',
  run(setup) {
    const folder = dirname(setup.getConfig().databaseFile)
    setup.getStats(folder)
    const { bavail, bsize } = setup.readFileSystem(folder)
    const free = bavail * bsize
    const message = `${Math.floor(free / mebibyte)} MiB are free on the disk of ${folder}`
    if (free < tooLittle) return [error(message, 'make room now: writes fail when the disk is full')]
    const wanted = Math.max(comfortable, timesTheFile * setup.getStats().size)
    if (free < wanted) return [warning(message, `make room: ${Math.ceil(wanted / mebibyte)} MiB should be free`)]
    return []
  },
}
