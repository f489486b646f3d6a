import type { CustomFetch } from 'openid-client'
import { isSafeEndpoint } from '../oauth-settings.ts'

/** Much more than keys, tokens and a profile need. */
const longestAnswer = 512 * 1024

/**
 * Whether an address that a provider names may be used: https, or http to this machine where the provider is there
 * itself. One elsewhere has no business with services of this machine.
 */
export const isAllowedAddress = (ofProvider: string, address: string): boolean => {
  const url = new URL(address)
  return new URL(ofProvider).protocol === 'https:' ? url.protocol === 'https:' : isSafeEndpoint(url)
}

/** How the server itself speaks to a provider: to that very address and no other, reading no more than it needs. */
export const backChannel =
  (ofProvider: string): CustomFetch =>
  async (address, options) => {
    if (!isAllowedAddress(ofProvider, address)) throw new Error('the provider names an address that is not https')
    const response = await fetch(address, { ...options, redirect: 'manual' } as RequestInit)
    const { status, statusText, headers } = response
    return new Response(await readBounded(response), { status, statusText, headers })
  }

async function readBounded({ body, status }: Response): Promise<Buffer<ArrayBuffer> | null> {
  const chunks: Uint8Array[] = []
  let length = 0
  for await (const chunk of body ?? []) {
    length += chunk.byteLength
    if (length > longestAnswer) throw new Error('the answer of the provider is too long')
    chunks.push(chunk)
  }
  return status === 204 || status === 304 ? null : Buffer.concat(chunks)
}
