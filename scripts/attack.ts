// Attacks servers of its own on this machine, and says what came of it: npm run attack [-- --only NAME] [-- --json]
import { toProof } from './attack/attack.ts'
import { attacks } from './attack/attacks.ts'
import { runProofCommand } from './prove/run-command.ts'

await runProofCommand({
  name: 'attack',
  summary: 'Attacks servers of its own on this machine, a line each; exits with 1 where an attempt got anything.',
  conditions:
    'Rate limits are on. Servers trust one proxy, so that each attack can come from as many networks as it likes.',
  proofs: attacks.map(toProof),
  counted: 'attacks held off',
})
