import { once } from 'node:events'
import { Worker } from 'node:worker_threads'
import { readPackagedFile } from '../../packaged-file.ts'

/** Behind the package's own text, which leaves its exports in `module`. */
const answerRequests = `
const { compareSync } = module.exports
const { parentPort } = require('node:worker_threads')
parentPort.on('message', ({ password, hash }) => parentPort.postMessage(compareSync(password, hash)))
`

/** Read once, before people come: later there may be no descriptor left for it, or no such file. */
let source: Promise<string> | undefined

export async function loadBcrypt(): Promise<void> {
  source ??= readPackagedFile('bcryptjs/umd/index.js').then((text) => text.toString('utf8'))
  await source
}

/** Those that wait for work: never more than hashes run at once, which the queue of hashes bounds. */
const idle: Worker[] = []

/** bcrypt has no place in Node and would hold up the event loop; one at a time in a thread of its own it does not. */
export async function verifyInWorker(password: string, hash: string): Promise<boolean> {
  const worker = idle.pop() ?? (await startWorker())
  worker.ref()
  worker.postMessage({ password, hash })
  const [isRight] = await once(worker, 'message')
  // A worker that failed is not used again.
  worker.unref()
  idle.push(worker)
  return isRight
}

// The text is evaluated, because the one-file program has no file that a worker could begin with.
async function startWorker(): Promise<Worker> {
  await loadBcrypt()
  return new Worker((await source) + answerRequests, { eval: true, execArgv: [], env: {} })
}
