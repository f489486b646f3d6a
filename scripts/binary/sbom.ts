import { execFileSync } from 'node:child_process'
import manifest from '../../package.json' with { type: 'json' }
import type { Component } from './assets.ts'
import { projectFolder } from './node-packages.ts'

interface BomComponent {
  readonly [field: string]: unknown
  readonly name: string
  readonly purl: string
}

/** The software bill of materials of a program (CycloneDX): what npm knows of each package that is in it, and no more. */
export function describeContent(components: readonly Component[], sha256: string): string {
  // Without its "--omit dev", which leaves out what a development tool happens to need as well.
  const args = ['sbom', '--sbom-format', 'cyclonedx', '--package-lock-only']
  const options = { cwd: projectFolder, encoding: 'utf8', maxBuffer: 64 << 20 } as const
  const bom = JSON.parse(execFileSync('npm', args, options))
  const known = new Map<string, BomComponent>(bom.components.map((each: BomComponent) => [each.purl, each]))
  const { serialNumber: _random, metadata: _ofThisMachine, dependencies: _ofAll, ...head } = bom
  const content = {
    ...head,
    metadata: {
      component: {
        type: 'application',
        'bom-ref': `guestlist@${manifest.version}`,
        name: 'guestlist',
        version: manifest.version,
        description: manifest.description,
        licenses: [{ license: { id: manifest.license } }],
        hashes: [{ alg: 'SHA-256', content: sha256 }],
      },
    },
    components: components.map((component) => describe(component, known)),
  }
  return `${JSON.stringify(content, null, 2)}\n`
}

function describe({ notice, from }: Component, known: ReadonlyMap<string, BomComponent>): BomComponent {
  const purl = `pkg:npm/${from.name.replace('@', '%40')}@${from.version}`
  const npm = known.get(purl)
  if (npm === undefined) throw new Error(`the lockfile does not know ${from.name} ${from.version}`)
  if (from.name === notice.name) return { ...npm, name: notice.name }
  // Node and SQLite came in packages of other names.
  const common = {
    type: 'library',
    'bom-ref': `${notice.name}@${notice.version}`,
    name: notice.name,
    version: notice.version,
  }
  const cpe = `cpe:2.3:a:${cpeNames[notice.name]}:${notice.version}:*:*:*:*:*:*:*`
  return { ...common, cpe, purl, licenses: [{ license: { id: notice.license } }] }
}

const cpeNames: Readonly<Record<string, string>> = { node: 'nodejs:node.js', sqlite: 'sqlite:sqlite' }
