import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'

/** The asset that the build puts into the one-file program for `guestlist licenses`. */
export const licensesAsset = 'licenses.json'

/** What must be said of somebody else's work that is passed on. */
export interface Notice {
  readonly name: string
  readonly version: string
  readonly license: string
  readonly source: string
  readonly text: string
}

/** Of a package, by its folder: what its manifest says, and every licence and notice in it. */
export function packageNotice(folder: string): Notice {
  const { name, version, license, repository, homepage } = JSON.parse(
    readFileSync(join(folder, 'package.json'), 'utf8'),
  )
  const source = sourceAddress(repository?.url ?? repository ?? homepage ?? '')
  return { name, version, license, source, text: licenceTexts(folder) }
}

/** A manifest may name a repository in short, like `expressjs/express`. */
function sourceAddress(text: string): string {
  const [, onGitHub] = /^(?:github:)?([\w.-]+\/[\w.-]+)$/.exec(text) ?? []
  return onGitHub === undefined ? text.replace(/^git\+|\.git$/g, '') : `https://github.com/${onGitHub}`
}

/** Of Node, by the folder of the package that brings it; OpenSSL, V8, ICU and the rest of it are in its text. */
export function nodeNotice(folder: string): Notice {
  const { version } = JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8'))
  return { name: 'node', version, license: 'MIT', source: 'https://github.com/nodejs/node', text: licenceTexts(folder) }
}

/** Of SQLite, which is compiled into the addon of better-sqlite3. */
export const sqliteNotice = (version: string): Notice => ({
  name: 'sqlite',
  version,
  license: 'blessing',
  source: 'https://sqlite.org',
  text: 'The authors of SQLite have dedicated it to the public domain: https://sqlite.org/copyright.html',
})

export function noticesAsText(notices: readonly Notice[]): string {
  return notices
    .map(({ name, version, license, source, text }) => {
      const own = text === '' ? 'The package brings no text of its own; the licence is the one named above.' : text
      return `${'='.repeat(80)}\n${name} ${version}\nLicence: ${license}\nSource: ${source}\n\n${own}\n`
    })
    .join('\n')
}

function licenceTexts(folder: string): string {
  const names = readdirSync(folder, { withFileTypes: true })
    .filter((entry) => entry.isFile() && isLicence(entry.name))
    .map(({ name }) => name)
  return names
    .sort()
    .map((name) => readFileSync(join(folder, name), 'utf8').replaceAll('\r\n', '\n').trim())
    .join('\n\n')
}

/** Swagger UI's bundle names what is in it in a file of its own. */
const isLicence = (name: string): boolean =>
  /^(licen[cs]e|copying|notice|unlicense)([.-].*)?$/i.test(name) || name === 'swagger-ui-bundle.js.LICENSE.txt'
