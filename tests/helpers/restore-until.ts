// A restore that is killed as soon as it has done a step: FILE STEP.
import { createAmbience } from '../../server/ambience.ts'
import { restoreBackup } from '../../server/backups/restore-backup.ts'
import { parseConfig } from '../../server/config.ts'

const [source = '', lastStep] = process.argv.slice(2)
const deps = { ...createAmbience(), config: parseConfig(process.env) }
await restoreBackup(deps, source, {
  keepInvites: false,
  onStep: (step) => {
    if (step === lastStep) process.kill(process.pid, 'SIGKILL')
  },
})
