import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { projectFolder } from './source-files.ts'

export interface Stage {
  /** `FROM`, and what it is from. */
  readonly from: string
  /** What else stands in the stage, in order: `COPY`, and the rest of its line. */
  readonly instructions: readonly (readonly [name: string, text: string])[]
}

const read = (path: string): string => readFileSync(join(projectFolder, path), 'utf8')

/** That which builds, and that which is the image. */
export function readStages(): readonly [build: Stage, image: Stage] {
  const lines = read('deploy/Dockerfile')
    .replaceAll(/^#.*\n/gm, '')
    .replaceAll(/\s*\\\n\s*/g, ' ')
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => [line.replace(/ .*/, ''), line.replace(/^\S+ /, '')] as const)
  const starts = lines.flatMap(([name], index) => (name === 'FROM' ? [index] : []))
  const [build, image, ...more] = starts.map((start, index) => ({
    from: lines[start]?.[1] ?? '',
    instructions: lines.slice(start + 1, starts[index + 1]),
  }))
  if (build === undefined || image === undefined || more.length > 0) throw new Error('there are not two stages')
  return [build, image]
}

export const textsOf = (stage: Stage, name: string): string[] =>
  stage.instructions.filter(([each]) => each === name).map(([, text]) => text)

/** The one instruction of this name. */
export function textOf(stage: Stage, name: string): string {
  const [text, ...more] = textsOf(stage, name)
  if (text === undefined || more.length > 0) throw new Error(`there is not one ${name}, but ${more.length + 1}`)
  return text
}

/** `COPY --from=build --chown=1:1 A B C`: which files, where to. */
export function parseCopy(text: string): { options: string[]; sources: string[]; target: string } {
  const words = text.split(' ')
  const options = words.filter((word) => word.startsWith('--'))
  const paths = words.filter((word) => !word.startsWith('--'))
  return { options, sources: paths.slice(0, -1), target: paths.at(-1) ?? '' }
}

/** Whether .dockerignore keeps a file away from the build: the last line that fits it, or a folder above it, decides. */
export function isIgnored(path: string): boolean {
  const parts = path.split('/')
  const above = parts.map((_part, index) => parts.slice(0, index + 1).join('/'))
  return read('.dockerignore')
    .split('\n')
    .filter((line) => line !== '' && !line.startsWith('#'))
    .reduce((ignored, line) => {
      const pattern = asExpression(line.replace(/^!/, ''))
      return above.some((each) => pattern.test(each)) ? !line.startsWith('!') : ignored
    }, false)
}

/** Docker's `*` fits names that begin with a dot as well. */
const asExpression = (pattern: string): RegExp =>
  new RegExp(`^${pattern.replaceAll('.', '\\.').replaceAll('**/', '(?:[^]+/)?').replaceAll('*', '[^/]*')}$`)
