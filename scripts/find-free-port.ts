import { randomInt } from 'node:crypto'
import { once } from 'node:events'
import { createServer } from 'node:net'

/** Below what Linux, macOS and Windows give to connections and to whoever asks for any port: there it would soon be another's. */
const [firstPort, endPort] = [10_000, 32_768]
const attempts = 100

/** A port that nobody has just now, for what must know it before it listens. */
export async function findFreePort(): Promise<number> {
  for (let attempt = 1; ; attempt += 1) {
    const port = randomInt(firstPort, endPort)
    const probe = createServer()
    try {
      await once(probe.listen(port, '127.0.0.1'), 'listening')
    } catch (error) {
      if (attempt < attempts) continue
      throw error
    }
    probe.close()
    await once(probe, 'close')
    return port
  }
}
