import { statfsSync } from 'node:fs'

// Numbers of statfs(2): on these the locks that SQLite relies on are not to be trusted.
const networkFileSystems = new Map([
  [0x6969, 'NFS'],
  [0x517b, 'SMB'],
  [0xff534d42, 'CIFS'],
  [0xfe534d42, 'SMB2'],
  [0x5346414f, 'AFS'],
  [0x00c36400, 'Ceph'],
  [0x01021997, '9P'],
  [0x73757245, 'Coda'],
  [0x564c, 'NCP'],
])

/** The name of the network file system that a folder lies on, or undefined on a local one. Linux numbers them so. */
export function findNetworkFileSystem(
  folder: string,
  readType: (folder: string) => number = (path) => statfsSync(path).type,
): string | undefined {
  return networkFileSystems.get(readType(folder) >>> 0)
}
