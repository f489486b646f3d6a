import test, { type ExecutionContext } from 'ava'
import { EventStreamParser, type StreamEvent } from '../src/event-stream.ts'
import { GuestlistNetworkError } from '../src/index.ts'

const bytesOf = (text: string) => new TextEncoder().encode(text)

function parse(...pieces: (string | Uint8Array)[]): { events: StreamEvent[]; parser: EventStreamParser } {
  const parser = new EventStreamParser('')
  const events = pieces.flatMap((piece) => parser.push(typeof piece === 'string' ? bytesOf(piece) : piece))
  return { events, parser }
}

const message = (data: string, type = 'message') => ({ type, data })

/** The examples of the HTML living standard, section 9.2.6, and the rules around them. */
const streams: Record<string, [stream: string, events: StreamEvent[], lastEventId?: string]> = {
  'lines of data are joined': ['data: YHOO\ndata: +2\ndata: 10\n\n', [message('YHOO\n+2\n10')]],
  'comments, ids, an id that is taken back, and one leading space': [
    ': test stream\n\ndata: first event\nid: 1\n\ndata:second event\nid\n\ndata:  third event\n\n',
    [message('first event'), message('second event'), message(' third event')],
  ],
  'empty data is none, unless there are two lines of it; what has no end is not told': [
    'data\n\ndata\ndata\n\ndata:',
    [message(''), message('\n')],
  ],
  'a space after the colon does not matter': ['data:test\n\ndata: test\n\n', [message('test'), message('test')]],
  'the name of an event holds for that event only': [
    'event: online\ndata: 1\n\ndata: 2\n\n',
    [message('1', 'online'), message('2')],
  ],
  'a name without data is no event': ['event: online\n\ndata: 1\n\n', [message('1')]],
  'an id outlives its event, and counts without data': ['id: 7\n\ndata: 1\n\n: still here\n\n', [message('1')], '7'],
  'an id with NUL does not count': ['id: 7\n\nid: 8\u0000\n\n', [], '7'],
  'an id does not count before its event is complete': ['id: 7\ndata: 1\n\nid: 8\ndata: 2\n', [message('1')], '7'],
  'CR, LF and CR LF end lines, mixed': [
    'data: 1\rdata: 2\r\ndata: 3\n\rdata: 4\r\r\ndata: 5\r\n\r\n',
    [message('1\n2\n3'), message('4'), message('5')],
  ],
  'a byte order mark at the beginning does not matter, and elsewhere it does': [
    '\uFEFFdata: 1\n\n\uFEFFdata: 2\n\n',
    [message('1')],
  ],
  'fields are named exactly': ['Data: 1\n data: 2\ndatas: 3\ndata : 4\n\n', []],
  'other line ends are none': ['data: a\u2028b\u0085c\u000bd\n\n', [message('a\u2028b\u0085c\u000bd')]],
  'characters beyond ASCII come through': ['data: é€😀\n\n', [message('é€😀')]],
}

for (const [rule, [stream, events, lastEventId = '']] of Object.entries(streams)) {
  test(`${rule}, wherever the stream is cut into pieces`, (t) => {
    const whole = bytesOf(stream)
    const check = (...pieces: Uint8Array[]) => {
      const told = parse(...pieces)
      t.deepEqual(told.events, events)
      t.is(told.parser.lastEventId, lastEventId)
    }
    check(whole)
    check(...[...whole].map((byte) => new Uint8Array([byte])))
    for (let cut = 1; cut < whole.length; cut += 1)
      check(whole.subarray(0, cut), new Uint8Array(0), whole.subarray(cut))
  })
}

test('an event is told with its last line end, without waiting for the LF that may follow a CR', (t) => {
  const parser = new EventStreamParser('')
  t.deepEqual(parser.push(bytesOf('data: 1\r\r')), [message('1')])
  t.deepEqual(parser.push(bytesOf('\ndata: 2\r\n\r')), [message('2')])
})

test('bytes that are no UTF-8 spoil no more than their own line', (t) => {
  t.deepEqual(parse('data: ', new Uint8Array([0xc3, 0x28]), '\n\ndata: 1\n\n').events, [
    message('\uFFFD('),
    message('1'),
  ])
})

test('retry is a number of milliseconds in digits, and anything else is passed over', (t) => {
  t.is(parse('retry: 2500\n').parser.retry, 2500)
  for (const value of ['', '-1', '1e3', '2.5', '1 000', 'soon', '٣'])
    t.is(parse(`retry: ${value}\n`).parser.retry, undefined)
})

test('a stream that goes on begins with the id before it', (t) => {
  const parser = new EventStreamParser('7')
  parser.push(bytesOf(': still here\n\n'))
  t.is(parser.lastEventId, '7')
})

const mebibyte = 2 ** 20
const isRefused = (t: ExecutionContext, ...pieces: string[]) => {
  const error = t.throws(() => parse(...pieces), { instanceOf: GuestlistNetworkError })
  t.is((error as GuestlistNetworkError).code, 'invalid_answer')
}

test('a line of 1 MiB is read, and a longer one refused before its end', (t) => {
  const longest = `data: ${'x'.repeat(mebibyte - 6)}`
  t.is(parse(longest, '\n\n').events[0]?.data.length, mebibyte - 6)
  isRefused(t, `${longest}x`)
  isRefused(t, `${longest}x\n\n`)
  isRefused(t, ...Array(1025).fill('x'.repeat(1024)))
  isRefused(t, ': ', ...Array(1025).fill('x'.repeat(1024)))
})

test('an event of many lines is refused beyond 1 MiB', (t) => {
  isRefused(t, ...Array(1025).fill(`data: ${'x'.repeat(1024)}\n`))
})
