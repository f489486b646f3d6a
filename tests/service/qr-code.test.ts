import { stripVTControlCharacters } from 'node:util'
import test from 'ava'
import jsQr from 'jsqr'
import { drawQrCode } from '../../server/qr-code.ts'
import { newDataFile } from '../helpers/data-files.ts'
import { serverSettings, startProcess, startScript } from '../helpers/processes.ts'

const pixelsPerModule = 4

/** Reads a drawing of half blocks as a camera would see it on a dark terminal: what is drawn is light. */
function scan(drawing: string): string | undefined {
  const rows = drawing
    .split('\n')
    .flatMap((line) => [
      [...line].map((block) => block === '█' || block === '▀'),
      [...line].map((block) => block === '█' || block === '▄'),
    ])
  const width = (rows[0]?.length ?? 0) * pixelsPerModule
  const height = rows.length * pixelsPerModule
  const pixels = new Uint8ClampedArray(width * height * 4)
  for (let y = 0; y < height; y += 1) {
    for (let x = 0; x < width; x += 1) {
      const isLight = rows[Math.floor(y / pixelsPerModule)]?.[Math.floor(x / pixelsPerModule)]
      pixels.fill(isLight ? 255 : 0, (y * width + x) * 4, (y * width + x) * 4 + 3)
      pixels[(y * width + x) * 4 + 3] = 255
    }
  }
  const read = jsQr as unknown as typeof jsQr.default
  return read(pixels, width, height, { inversionAttempts: 'dontInvert' })?.data
}

test('a scanner reads what was drawn, codes as well as long links', (t) => {
  for (const text of ['7KQ2M-X9ZTB-4HJWC-7KQ2M-X9ZTB', `https://chat.example/${'j'.repeat(180)}#invite=ABC123`]) {
    t.is(scan(stripVTControlCharacters(drawQrCode(text, 200) ?? '')), text)
  }
})

test('on a terminal the first start shows the invite link as a QR code, which a scanner reads', async (t) => {
  const settings = serverSettings(newDataFile(t), { INVITE_URL: 'https://chat.example/join', TERM: 'xterm' })
  const line = `${process.execPath} server/main.ts`
  const server = startProcess(t, 'script', ['--quiet', '--return', '--command', line, '/dev/null'], settings)
  await server.waitFor(/More codes/)
  const printed = stripVTControlCharacters(server.stdout()).replaceAll('\r', '')
  const [, link = ''] = /^ {4}(https:\S+#invite=\S+)$/m.exec(printed) ?? []
  const drawing = printed.split('\n').filter((each) => /^[█▀▄ ]{20,}$/.test(each))
  t.is(scan(drawing.join('\n')), link)
  t.regex(printed, /^Address: {3}http:\/\/127\.0\.0\.1:\d+ \(known as http:\/\/localhost:3000\)$/m)
})

test('what would be wider than the terminal, or is more than a code can hold, is not drawn', (t) => {
  t.is(drawQrCode('ABC123', 20), undefined)
  t.truthy(drawQrCode('ABC123', 40))
  t.is(drawQrCode('j'.repeat(5000), 10_000), undefined)
})

test('where nobody looks there is no picture', async (t) => {
  const server = startScript(t, 'server/main.ts', [], serverSettings(newDataFile(t)))
  await server.waitFor(/More codes/)
  t.notRegex(server.stdout(), /[█▀▄]/)
})
