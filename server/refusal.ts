/** A refusal of a setting's value: what it must be, in the words that stand behind "NAME must be". */
export class Refusal extends Error {}

export const must = (be: string): never => {
  throw new Refusal(be)
}
