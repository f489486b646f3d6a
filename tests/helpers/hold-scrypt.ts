import crypto from 'node:crypto'

const { scrypt } = crypto
const held: (() => void)[] = []
let isHeld = false

crypto.scrypt = ((...parameters: Parameters<typeof scrypt>) => {
  const work = (): void => scrypt(...parameters)
  if (isHeld) held.push(work)
  else work()
}) as typeof scrypt

/** Lets no scrypt run of this process begin until the returned function is called. Import it before the server. */
export function holdScrypt(): () => void {
  isHeld = true
  return () => {
    isHeld = false
    for (const work of held.splice(0)) work()
  }
}
