import { styleText } from 'node:util'
import { renderUnicodeCompact } from 'uqr'

/** What scanners ask for around the code (ISO/IEC 18004, 6.3.8). */
const quietModules = 4

/**
 * A QR code of half blocks, for a terminal. Light modules are drawn in white on black, whatever the terminal's colours
 * are, for not every scanner reads an inverted code; NO_COLOR leaves that to the terminal.
 */
export function drawQrCode(text: string): string {
  const drawn = renderUnicodeCompact(text, { ecc: 'M', border: quietModules })
  return drawn
    .split('\n')
    .map((line) => styleText(['whiteBright', 'bgBlack'], line))
    .join('\n')
}
