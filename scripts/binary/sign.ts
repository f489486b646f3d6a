import { execFileSync, spawnSync } from 'node:child_process'

type Signer = 'codesign' | 'rcodesign'

/** Apple's own tool, or its double for other systems (`cargo install apple-codesign`). */
export function findSigner(): Signer | undefined {
  if (process.platform === 'darwin') return 'codesign'
  return spawnSync('rcodesign', ['--version'], { stdio: 'ignore' }).error === undefined ? 'rcodesign' : undefined
}

/** A Mac with Apple silicon runs nothing without a signature; this one (ad hoc) says nothing about who made it. */
export function sign(program: string, signer: Signer | undefined): string {
  if (signer === undefined) return `; NOT SIGNED: on the Mac run codesign --force --sign - ${program.split('/').at(-1)}`
  const args =
    signer === 'codesign' ? ['--force', '--sign', '-', program] : ['sign', '--binary-identifier', 'guestlist', program]
  execFileSync(signer, args, { stdio: 'pipe' })
  return `; signed ad hoc with ${signer}`
}
