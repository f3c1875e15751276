import { EventEmitter } from 'node:events'
import fc from 'fast-check'
import { describe, expect, test, vi } from 'vitest'
import { InputGate, type InputSource } from '../../src/console/input/gate.ts'
import { type InputEvent, isKey } from '../../src/console/input/key.ts'
import { InputParser } from '../../src/console/input/parser.ts'

function read(text: string): readonly InputEvent[] {
  const parser = new InputParser()
  return [...parser.push(Buffer.from(text)), ...parser.flush()]
}

/** Events in short: key names, pastes in quotes, mouse actions with their place. */
function short(events: readonly InputEvent[]): readonly string[] {
  return events.map(event => {
    if (event.type === 'paste') return JSON.stringify(event.text)
    if (event.type === 'mouse') return `${event.action} ${event.column},${event.row}`
    return event.key === 'other' ? `other(${event.text})` : event.key
  })
}

describe('keys by what the terminal sends', () => {
  test.each<[string, string, readonly string[]]>([
    ['glued letters are one key each', 'jjj', ['j', 'j', 'j']],
    ['a shifted letter is its own key', 'G?', ['G', '?']],
    ['enter, as return or line feed', '\r\n\r', ['enter', 'enter']],
    ['tab, backspace in both forms, space', '\t\x7f\x08 ', ['tab', 'backspace', 'backspace', 'space']],
    ['control letters', '\x03\x1a\x0c', ['ctrl+c', 'ctrl+z', 'ctrl+l']],
    ['arrows, in both modes', '\x1b[A\x1b[B\x1bOC\x1bOD', ['up', 'down', 'right', 'left']],
    ['an arrow glued to a letter', 'j\x1b[Bk', ['j', 'down', 'k']],
    [
      'editing keys',
      '\x1b[5~\x1b[6~\x1b[H\x1b[F\x1b[3~\x1b[1~\x1b[8~',
      ['pgup', 'pgdn', 'home', 'end', 'delete', 'home', 'end'],
    ],
    ['function keys', '\x1bOP\x1b[15~\x1b[24~\x1b[[A', ['f1', 'f5', 'f12', 'f1']],
    [
      'modifiers',
      '\x1b[Z\x1b[1;5A\x1b[1;2B\x1b[3;3~\x1b[5^',
      ['shift+tab', 'ctrl+up', 'shift+down', 'alt+delete', 'ctrl+pgup'],
    ],
    ['alt with a letter', '\x1bx', ['alt+x']],
    ['the esc key alone', '\x1b', ['esc']],
    ['esc twice', '\x1b\x1b', ['esc', 'esc']],
    ['esc before a paste', '\x1b\x1b[200~q\x1b[201~', ['esc', '"q"']],
    [
      'the kitty protocol: esc, ctrl-a, a shifted letter, a released key',
      '\x1b[27u\x1b[97;5u\x1b[103;2u\x1b[106;1:3u',
      ['esc', 'ctrl+a', 'G'],
    ],
    ['modified keys of xterm', '\x1b[27;5;13~', ['ctrl+enter']],
    ['a letter that no binding can name', 'é漢', ['other(é)', 'other(漢)']],
    ['a letter of several code points is one key', 'e\u0301👩‍💻', ['other(e\u0301)', 'other(👩‍💻)']],
    [
      'a mouse click and the wheel',
      '\x1b[<0;12;7M\x1b[<0;12;7m\x1b[<64;1;1M\x1b[<65;1;2M',
      ['press 12,7', 'release 12,7', 'wheel up 1,1', 'wheel down 1,2'],
    ],
    ['other buttons and movement say nothing', '\x1b[<2;5;5M\x1b[<35;5;5M\x1b[<0;0;5M', []],
    ['an old mouse report presses no key', 'a\x1b[Mjqkb', ['a', 'b']],
    [
      'answers of the terminal press no key',
      '\x1b[12;40R\x1b[?62;22c\x1b]11;rgb:00/00/00\x07\x1bP>|xterm\x1b\\j',
      ['j'],
    ],
    ['focus reports press no key', '\x1b[O', []],
    ['a sequence that is cut off by another', '\x1b[1;\x1b[A', ['up']],
    ['a sequence that never ends', '\x1b[1;', []],
  ])('%s', (_, text, keys) => {
    expect(short(read(text))).toEqual(keys)
  })

  test('a key knows what it types', () => {
    expect(read('a é\r')).toMatchObject([{ text: 'a' }, { text: ' ' }, { text: 'é' }, { text: '' }])
  })
})

describe('pastes', () => {
  test('a paste is one event, whatever it contains', () => {
    expect(short(read('j\x1b[200~qq\ryes\x1b[A\x03\r\nÜ\x1b[201~k'))).toEqual([
      'j',
      JSON.stringify('qq\nyes\x1b[A\x03\nÜ'),
      'k',
    ])
  })

  test('a paste that has not ended waits, however long it takes', () => {
    const parser = new InputParser()
    expect(parser.push(Buffer.from('\x1b[200~delete every'))).toEqual([])
    expect(parser.waits).toBe(false)
    expect(parser.flush()).toEqual([])
    expect(parser.push(Buffer.from('thing\r\x1b[20'))).toEqual([])
    expect(short(parser.push(Buffer.from('1~')))).toEqual(['"delete everything\\n"'])
  })

  test('a very long paste is truncated, and the next key is still read', () => {
    const [paste, key] = read(`\x1b[200~${'x'.repeat(1_500_000)}\x1b[201~j`)
    expect(paste).toMatchObject({ type: 'paste' })
    expect(paste?.type === 'paste' && paste.text.length).toBe(1_000_000)
    expect(key).toMatchObject({ key: 'j' })
  })
})

test('the same events result, however the bytes are split', () => {
  const parts = [
    'j',
    'G',
    'é',
    '漢',
    '👩‍💻',
    '\x1b[A',
    '\x1bOP',
    '\x1b[<0;3;4M',
    '\x1b[200~q\r\x1b[B y\x1b[201~',
    '\x1b[1;5C',
    '\r',
    ' ',
  ]
  fc.assert(
    fc.property(
      fc.array(fc.constantFrom(...parts), { maxLength: 12 }),
      fc.array(fc.nat(40)),
      (chosen, cuts) => {
        // Between two keys of several code points a grapheme could join; a letter in between is a border.
        const bytes = Buffer.from(chosen.join('a'))
        const parser = new InputParser()
        const events: InputEvent[] = []
        let at = 0
        for (const length of [...cuts.map(cut => cut + 1), bytes.length]) {
          const chunk = bytes.subarray(at, at + length)
          // A grapheme that is cut between its code points comes as two keys; text fields put it together again.
          events.push(...parser.push(chunk))
          at += length
        }
        const text = (all: readonly InputEvent[]) =>
          all
            .map(event => (event.type === 'key' && event.text !== '' ? event.text : JSON.stringify(event)))
            .join('')
        expect(text(events)).toBe(text(read(chosen.join('a'))))
      },
    ),
  )
})

test('the parser never fails, whatever the bytes, and every key has a name', () => {
  fc.assert(
    fc.property(fc.array(fc.uint8Array({ maxLength: 30 })), chunks => {
      const parser = new InputParser()
      const events = [...chunks.flatMap(chunk => parser.push(chunk)), ...parser.flush()]
      for (const event of events) if (event.type === 'key') expect(isKey(event.key)).toBe(true)
    }),
  )
})

test.each(['j', 'ctrl+c', 'alt+G', 'shift+tab', 'f12', '?'])('accepts %s as the name of a key', name =>
  expect(isKey(name)).toBe(true),
)
test.each(['', 'jj', 'ctrl+C', 'shift+a', 'alt+shift+up', 'return'])(
  'does not accept %j as the name of a key',
  name => expect(isKey(name)).toBe(false),
)

describe('the gate', () => {
  class Terminal extends EventEmitter implements InputSource {
    raw: boolean[] = []
    setRawMode(raw: boolean) {
      this.raw.push(raw)
    }
    resume() {}
    pause() {}
    type(text: string) {
      this.emit('data', Buffer.from(text))
    }
  }

  function open() {
    const terminal = new Terminal()
    const events: InputEvent[] = []
    const gate = new InputGate(terminal, event => events.push(event))
    gate.start()
    return { terminal, gate, events }
  }

  test('an escape character alone is the esc key only after a while', () => {
    vi.useFakeTimers()
    try {
      const { terminal, events } = open()
      terminal.type('\x1b')
      expect(short(events)).toEqual([])
      vi.advanceTimersByTime(29)
      expect(short(events)).toEqual([])
      terminal.type('[A')
      vi.advanceTimersByTime(1000)
      expect(short(events)).toEqual(['up'])
      terminal.type('\x1b')
      vi.advanceTimersByTime(30)
      expect(short(events)).toEqual(['up', 'esc'])
    } finally {
      vi.useRealTimers()
    }
  })

  test('nothing ever reaches Ink', () => {
    const { terminal, gate } = open()
    terminal.type('jq\x1b[200~y\x1b[201~')
    expect(gate.read()).toBe(null)
    expect(gate.readableLength).toBe(0)
  })

  test('raw mode is on while the gate is open, and partial input is discarded when it closes', () => {
    const { terminal, gate, events } = open()
    terminal.type('\x1b[200~rm -rf')
    gate.stop()
    terminal.type('j')
    gate.start()
    terminal.type('k')
    expect(terminal.raw).toEqual([true, false, true])
    expect(short(events)).toEqual(['k'])
  })
})
