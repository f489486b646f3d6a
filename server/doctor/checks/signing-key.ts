import { createPrivateKey, createPublicKey, sign, verify } from 'node:crypto'
import { StartupError } from '../../../db/startup-error.ts'
import { day } from '../../durations.ts'
import { findNewestKey } from '../../sessions/key-states.ts'
import { isWrapped, type KeyEncryptionKey, unwrapKey } from '../../sessions/key-wrapping.ts'
import { listSigningKeys, type StoredSigningKey } from '../../sessions/signing-key-store.ts'
import { type Check, error, warning } from '../check.ts'

/** A server makes a new one after 30 days. */
const oldAfterMs = 35 * day

export const signingKey: Check = {
  name: 'signing-key',
  healthy: 'a signing key signs, and is not old; it lies in the data file as it is (KEY_ENCRYPTION_KEY_FILE wraps it)',
  async run(setup) {
    const keys = await listSigningKeys(await setup.getMigratedDatabase())
    if (keys.length === 0) {
      return [warning('there is no signing key yet', 'nothing: the next start of the server makes one')]
    }
    const now = setup.now()
    const current = keys.findLast(({ signsFrom }) => signsFrom <= now)
    if (current === undefined) {
      const message = `no key signs before ${new Date(keys[0]?.signsFrom ?? now).toISOString()}`
      return [error(message, 'set the clock of this machine right')]
    }
    const { keyEncryptionKey } = setup.getConfig()
    const problem = findWrappingProblem(current, keyEncryptionKey)
    if (problem !== undefined) return [error(problem)]
    if (!canSign(current, keyEncryptionKey)) {
      return [error(`the key ${current.id} cannot sign`, 'restore a backup, or make a new key: guestlist keys rotate')]
    }
    // A newer one may be published already, and take over soon.
    const age = now - (findNewestKey(keys, now) ?? current).createdAt
    if (age <= oldAfterMs) return isWrapped(current.privateKey) ? 'a signing key signs, is not old, and is wrapped' : []
    const message = `the signing key is ${Math.floor(age / day)} days old: no server has made a new one, as it does after 30`
    return [warning(message, 'start the server, or guestlist keys rotate; nobody is signed out')]
  },
}

/** Whether the two halves belong together. */
function canSign({ id, privateKey, publicKey }: StoredSigningKey, key: KeyEncryptionKey | undefined): boolean {
  const data = Buffer.from('a token')
  try {
    const signature = sign('sha256', data, createPrivateKey(unwrapKey(key, id, privateKey)))
    return verify('sha256', data, createPublicKey({ key: { ...publicKey }, format: 'jwk' }), signature)
  } catch {
    return false
  }
}

function findWrappingProblem(
  { id, privateKey }: StoredSigningKey,
  key: KeyEncryptionKey | undefined,
): string | undefined {
  try {
    unwrapKey(key, id, privateKey)
    return undefined
  } catch (thrown) {
    if (thrown instanceof StartupError) return thrown.message
    throw thrown
  }
}
