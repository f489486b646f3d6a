import { type BinaryToTextEncoding, createHash } from 'node:crypto'
import { readFileSync } from 'node:fs'

export function hashOf(file: string, algorithm: 'sha256' | 'sha512', encoding: BinaryToTextEncoding): string {
  return createHash(algorithm).update(readFileSync(file)).digest(encoding)
}
