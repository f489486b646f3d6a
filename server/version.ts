import manifest from '../package.json' with { type: 'json' }

/** Of this Guestlist, as semantic versioning has it. */
export const version: string = manifest.version
