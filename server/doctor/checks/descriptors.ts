import { readLimit } from '../../machine/process-limits.ts'
import { readText } from '../../machine/read-text.ts'
import { type Check, error, warning } from '../check.ts'

/** The server itself counts exactly when it starts. */
const least = 80
const comfortable = 1024

/** Of this process: a service may have limits of its own. */
export const descriptors: Check = {
  name: 'descriptors',
  healthy: 'as many files may be open at once as people come at once',
  run(setup) {
    const limit = setup.openFiles ?? readLimit(readText, 'open files')
    if (limit >= comfortable) return []
    const message = `${limit} files may be open at once, and each connection is one`
    if (limit < least) return [error(message, 'raise LimitNOFILE or ulimit -n: the server may not start')]
    return [warning(message, `raise LimitNOFILE or ulimit -n to ${comfortable}`)]
  },
}
