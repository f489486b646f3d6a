/** Who signed in lately is read at each start, whatever else the table holds. */
export const knownNetworks = `
  CREATE INDEX sign_in_networks_signed_in ON sign_in_networks (signed_in_at) WHERE signed_in_at IS NOT NULL;
`
