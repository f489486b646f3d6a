import { createPrivateKey, createPublicKey, sign, verify } from 'node:crypto'
import { day } from '../../durations.ts'
import { listSigningKeys, type StoredSigningKey } from '../../sessions/signing-key-store.ts'
import { type Check, error, warning } from '../check.ts'

const oldAfterMs = 90 * day

export const signingKey: Check = {
  name: 'signing-key',
  healthy: 'a signing key signs, and is not old',
  async run(setup) {
    const keys = await listSigningKeys(await setup.getMigratedDatabase())
    const newest = keys.at(-1)
    if (newest === undefined) {
      return [warning('there is no signing key yet', 'nothing: the next start of the server makes one')]
    }
    const now = setup.now()
    const current = keys.findLast(({ signsFrom }) => signsFrom <= now)
    if (current === undefined) {
      const message = `no key signs before ${new Date(keys[0]?.signsFrom ?? now).toISOString()}`
      return [error(message, 'set the clock of this machine right')]
    }
    if (!canSign(current)) {
      return [error(`the key ${current.id} cannot sign`, 'restore a backup, or make a new key: guestlist keys rotate')]
    }
    // A newer one may be published already, and take over soon.
    const days = Math.floor((now - newest.createdAt) / day)
    if (now - newest.createdAt <= oldAfterMs) return []
    return [warning(`the signing key is ${days} days old`, 'guestlist keys rotate; nobody is signed out')]
  },
}

/** Whether the two halves belong together. */
function canSign({ privateKey, publicKey }: StoredSigningKey): boolean {
  const data = Buffer.from('a token')
  try {
    const signature = sign('sha256', data, createPrivateKey(privateKey))
    return verify('sha256', data, createPublicKey({ key: { ...publicKey }, format: 'jwk' }), signature)
  } catch {
    return false
  }
}
