import { spawn } from 'node:child_process'
import { json } from 'node:stream/consumers'
import { loadCore } from './cores.ts'
import type { Plan, PlanResult } from './plan.ts'

/**
 * Runs a plan in a process of its own. It stands for other machines, so it goes before everything else where the
 * system lets it (nice, as root): or else its own waits for a core would be counted as the server's.
 */
export async function loadByPlan(plan: Plan): Promise<PlanResult> {
  const first = process.getuid?.() === 0 ? ['nice', '-n', '-20'] : []
  const args = ['-c', String(loadCore), ...first, process.execPath, new URL('client.mjs', import.meta.url).pathname]
  const child = spawn('taskset', args, { stdio: ['pipe', 'pipe', 'inherit'] })
  child.stdin.end(JSON.stringify({ firstNumber: 0, ...plan }))
  const result = (await json(child.stdout)) as PlanResult
  if (result.firstError !== undefined) console.error(`bench: ${result.firstError}`)
  return result
}
