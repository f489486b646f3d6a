import { build, type Message } from 'esbuild'
import { projectFolder } from './node-packages.ts'

/** These look at `import.meta` only where they are not in the program. */
const aware = [
  'scripts/binary/installed-notices.ts',
  'scripts/cli/data-file.ts',
  'server/packaged-file.ts',
  'server/process.ts',
]

const inDeletedFolder =
  "try{process.cwd()}catch{console.error('guestlist: the working folder is gone: change to another');process.exit(1)}"

/** Writes the tool as one CommonJS file, and names the folders of the packages that are in it. */
export async function bundle(outfile: string): Promise<string[]> {
  const { metafile, warnings } = await build({
    entryPoints: ['scripts/guestlist.ts'],
    absWorkingDir: projectFolder,
    outfile,
    bundle: true,
    platform: 'node',
    format: 'cjs',
    target: 'node24',
    // Names stay as they are, for the stacks of errors; the licences are carried beside.
    minifyWhitespace: true,
    minifySyntax: true,
    legalComments: 'none',
    // A package asks where it is while it is loaded.
    banner: { js: inDeletedFolder },
    metafile: true,
    logLevel: 'error',
  })
  const unexpected = warnings.filter((warning) => !isAware(warning))
  if (unexpected.length > 0)
    throw new Error(unexpected.map(({ text, location }) => `${location?.file}: ${text}`).join('\n'))
  const [output] = Object.values(metafile.outputs)
  const inside = Object.entries(output?.inputs ?? {}).filter(([, { bytesInOutput }]) => bytesInOutput > 0)
  const folders = inside.map(([path]) => /^.*node_modules\/(?:@[^/]+\/)?[^/]+/.exec(path)?.[0] ?? '')
  return [...new Set(folders)].filter((folder) => folder !== '').sort()
}

const isAware = ({ id, location }: Message): boolean =>
  id === 'empty-import-meta' && aware.includes(location?.file ?? '')
