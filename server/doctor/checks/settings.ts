import { findRiskySettings } from '../../risky-settings.ts'
import { type Check, error, warning } from '../check.ts'

/** What another check says more of. */
const toldElsewhere = ['PUBLIC_URL', 'DATABASE_URL', 'ALLOW_NETWORK_FILE_SYSTEM']

export const settings: Check = {
  name: 'settings',
  healthy: 'every setting can be used, and none takes a protection away',
  run(setup) {
    if (setup.settingsProblem !== undefined) return [error(setup.settingsProblem)]
    return findRiskySettings(setup.getConfig())
      .filter(({ name }) => !toldElsewhere.includes(name))
      .map(({ name, risk }) => warning(name, risk))
  },
}
