import { type Check, error } from '../check.ts'

export const settings: Check = {
  name: 'settings',
  healthy: 'every setting can be used',
  run: ({ settingsProblem }) => (settingsProblem === undefined ? [] : [error(settingsProblem)]),
}
