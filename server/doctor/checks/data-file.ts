import { type Check, error } from '../check.ts'

export const dataFile: Check = {
  name: 'data-file',
  healthy: 'the data file is there, and ours',
  run: ({ dataFileProblem }) => (dataFileProblem === undefined ? [] : [error(dataFileProblem)]),
}
