import { readFileSync } from 'node:fs'
import test, { type ExecutionContext } from 'ava'
import { getBuilt } from '../helpers/binary.ts'
import { projectFolder } from '../helpers/source-files.ts'

/** They bring 160 MB from the registry, once, and cannot run here. */
const isWanted = process.env.CI === 'true' || process.env.CROSS_BUILDS === '1'
const fuse = 'NODE_SEA_FUSE_fce680ab2cc467b6e072b8b5df1996b2'

async function read(t: ExecutionContext, target: string): Promise<Buffer | undefined> {
  if (!isWanted) {
    t.log('left out: CI=true or CROSS_BUILDS=1 builds for other machines')
    t.pass()
    return undefined
  }
  const bill = await getBuilt(t, target)
  return bill === undefined ? undefined : readFileSync(bill.replace(/\.cdx\.json$/, ''))
}

function assertCarries(t: ExecutionContext, program: Buffer, addon: string): void {
  t.true(program.includes(`${fuse}:1`), 'Node knows that there is something to run')
  t.true(program.includes('Run the server until a signal ends it'), 'with the tool')
  t.true(
    program.includes(readFileSync(`${projectFolder}/node_modules/better-sqlite3/prebuilds/${addon}.node`)),
    'with the addon for it',
  )
}

test('the program for linux-arm64 is an ELF file for that processor, with everything in it', async (t) => {
  const program = await read(t, 'linux-arm64')
  if (program === undefined) return
  t.is(program.readUInt32BE(0), 0x7f454c46)
  t.is(program.readUInt16LE(18), 183, 'AArch64')
  assertCarries(t, program, 'linux-arm64')
})

test('the program for darwin-arm64 is a Mach-O file for that processor, with everything in a segment of its own', async (t) => {
  const program = await read(t, 'darwin-arm64')
  if (program === undefined) return
  t.is(program.readUInt32LE(0), 0xfeedfacf)
  t.is(program.readUInt32LE(4), 0x0100000c, 'arm64')
  const commands = program.subarray(32, 32 + program.readUInt32LE(20))
  t.true(commands.includes('NODE_SEA') && commands.includes('__NODE_SEA_BLOB'))
  assertCarries(t, program, 'darwin-arm64')
})
