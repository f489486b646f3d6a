import { readdirSync, readFileSync } from 'node:fs'
import { dirname, join, relative } from 'node:path'

export const projectFolder = join(import.meta.dirname, '..', '..')

export interface SourceFile {
  /** Relative to the project's folder, with forward slashes. */
  readonly path: string
  readonly text: string
  readonly imports: readonly Import[]
}

export interface Import {
  /** A file of the project by its path, or a package by its name. */
  readonly target: string
  readonly isTypeOnly: boolean
}

/** Every TypeScript file below these folders, with what it imports. */
export function readSourceFiles(...folders: string[]): SourceFile[] {
  return folders.flatMap((folder) =>
    readdirSync(join(projectFolder, folder), { recursive: true, encoding: 'utf8' })
      .filter((name) => name.endsWith('.ts') && !/(^|\/)(node_modules|dist)\//.test(name))
      .map((name) => readSourceFile(join(folder, name))),
  )
}

function readSourceFile(path: string): SourceFile {
  const text = readFileSync(join(projectFolder, path), 'utf8')
  const statements = [...text.matchAll(/^(?:import|export)\s+(type\s+)?(?:[^'"]*?\sfrom\s+)?'([^']+)'/gm)]
  const dynamic = [...text.matchAll(/\bimport\('([^']+)'\)/g)]
  return {
    path,
    text,
    imports: [
      ...statements.map(([, type, specifier]) => ({
        target: resolve(path, specifier),
        isTypeOnly: type !== undefined,
      })),
      ...dynamic.map(([, specifier]) => ({ target: resolve(path, specifier), isTypeOnly: false })),
    ],
  }
}

function resolve(importer: string, specifier = ''): string {
  if (!specifier.startsWith('.')) return specifier
  return relative(projectFolder, join(projectFolder, dirname(importer), specifier))
}
