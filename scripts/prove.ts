// Shows on this machine that the server keeps its promises: npm run prove [-- --only NAME] [-- --json]
import { proofs } from './prove/proofs.ts'
import { runProofCommand } from './prove/run-command.ts'

await runProofCommand({
  name: 'prove',
  summary: 'Tries the promises of the server on this machine, a line each; exits with 1 where one is not kept.',
  conditions: 'RATE_LIMITS=off, as all requests come from one address, and LOG_LEVEL=trace; all else is as it comes.',
  proofs,
  counted: 'promises kept',
})
