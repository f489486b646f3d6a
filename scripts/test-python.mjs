// Runs the checks of the Python client (types, lint, format, tests) and Schemathesis against the server; makes their
// virtual environment when it is missing.
// With --install-only it stops there. Where there is no Python 3.10 or later it says so and leaves them out, with CI=true it fails.
import { spawnSync } from 'node:child_process'
import { existsSync, statSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'

const root = dirname(dirname(fileURLToPath(import.meta.url)))
const folder = join(root, 'clients', 'python')
const properties = join(root, 'tests', 'schemathesis')
const requirements = [join(properties, 'requirements.txt'), join(root, 'tests', 'metrics', 'requirements.txt')]
const environment = join(folder, '.venv')
const marker = join(environment, 'installed')
const manifest = join(folder, 'pyproject.toml')

const isNewEnough = (python) =>
  spawnSync(python, ['-c', 'import sys; sys.exit(sys.version_info < (3, 10))'], { stdio: 'ignore' }).status === 0

function run(command, args) {
  const result = spawnSync(command, args, { cwd: folder, stdio: ['ignore', 'inherit', 'inherit'] })
  if (result.status !== 0) {
    process.stderr.write(`guestlist: ${command} ${args.join(' ')} failed\n`)
    process.exit(1)
  }
}

function prepare(python) {
  const installedAt = existsSync(marker) ? statSync(marker).mtimeMs : 0
  if ([manifest, ...requirements].every((file) => statSync(file).mtimeMs <= installedAt)) return
  process.stderr.write('guestlist: installing the packages of the Python client, once …\n')
  run(python, ['-m', 'venv', '--clear', environment])
  run(join(environment, 'bin', 'pip'), [
    'install',
    '--quiet',
    '--disable-pip-version-check',
    '--editable',
    '.[dev]',
    ...requirements.flatMap((file) => ['--requirement', file]),
  ])
  // Last, so that an installation that was cut short does not count.
  writeFileSync(marker, '')
}

const python = ['python3', 'python3.14', 'python3.13', 'python3.12', 'python3.11', 'python3.10'].find(isNewEnough)
if (python === undefined) {
  process.stderr.write('guestlist: the Python client is not tested: no Python 3.10 or later on the PATH\n')
  process.exit(process.env.CI === 'true' ? 1 : 0)
}
prepare(python)
if (process.argv.includes('--install-only')) process.exit(0)
const tool = (name) => join(environment, 'bin', name)
run(tool('ruff'), ['check', '--quiet', '.', properties])
run(tool('ruff'), ['format', '--check', '--quiet', '.', properties])
run(tool('mypy'), [])
run(tool('pytest'), ['--quiet'])
run(tool('pytest'), ['--quiet', '--rootdir', properties, properties])
