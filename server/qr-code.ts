import { styleText } from 'node:util'
import { renderUnicodeCompact } from 'uqr'

/** What scanners ask for around the code (ISO/IEC 18004, 6.3.8). */
const quietModules = 4

/**
 * A QR code of half blocks for a terminal of so many columns; undefined where it would not fit. Light modules are drawn
 * in white on black, whatever the terminal's colours are, for not every scanner reads an inverted code; NO_COLOR leaves
 * that to the terminal.
 */
export function drawQrCode(text: string, columns: number): string | undefined {
  const lines = render(text)?.split('\n')
  if (lines === undefined || (lines[0]?.length ?? 0) > columns) return undefined
  return lines.map((line) => styleText(['whiteBright', 'bgBlack'], line)).join('\n')
}

function render(text: string): string | undefined {
  try {
    return renderUnicodeCompact(text, { ecc: 'M', border: quietModules })
  } catch (error) {
    // More than the largest code holds.
    if (error instanceof RangeError) return undefined
    throw error
  }
}
