// The server in a process of its own, with hashes that cost nothing: for tests that kill it under load.
import { parseConfig } from '../../server/config.ts'
import { stopOnSignals } from '../../server/process.ts'
import { serve } from '../../server/serve.ts'
import { cheapScrypt } from './start-server.ts'

const server = await serve(parseConfig(process.env), { scryptCost: cheapScrypt })
stopOnSignals(server.stop)
