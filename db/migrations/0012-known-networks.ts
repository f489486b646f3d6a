/** Who signed in lately is read at each start and whenever another process wrote. */
export const knownNetworks = `
  CREATE INDEX known_networks_signed_in ON known_networks (signed_in_at);
`
