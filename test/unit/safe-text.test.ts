import fc from 'fast-check'
import { load } from 'js-yaml'
import { describe, expect, test } from 'vitest'
import { commandLineError, safeStreams } from '../../src/cli/terminal/streams.ts'
import { xmlAttribute } from '../../src/model/safe-markup.ts'
import { safeJson, safeLines, safeText } from '../../src/model/safe-text.ts'
import { yamlText } from '../../src/yaml/index.ts'

const anyText = fc.oneof(fc.string(), fc.string({ unit: 'binary' }), fc.string({ unit: 'grapheme' }))
const obeyed = /[\p{Cc}\p{Cs}\u200b-\u200f\u2028\u2029\u202a-\u202e\u2066-\u2069]/u

describe('text from outside', () => {
  test.each([
    ['an escape sequence', 'a\x1b[31mb', 'a\\x1b[31mb'],
    ['the 8-bit form of one', 'a\x9b31mb', 'a\\x9b31mb'],
    ['line ends and tabs', 'a\r\n\tb', 'a\\r\\n\\tb'],
    ['a bidi override', 'a\u202egpj.exe', 'a\\u202egpj.exe'],
    ['an invisible space', 'ad\u200bmin', 'ad\\u200bmin'],
    ['a filler that looks like a blank', 'a\u3164b', 'a\\u3164b'],
    ['a lone surrogate', 'a\ud800b', 'a\\ud800b'],
    ['a tag character', 'a\u{e0041}b', 'a\\u{e0041}b'],
    ['a mark with nothing to stand on', '\u0301a', '\u25cc\u0301a'],
    ['a heap of marks', `a${'\u0301'.repeat(50)}b`, `a${'\u0301'.repeat(4)}…b`],
  ])('is escaped if it holds %s', (_, text, safe) => expect(safeText(text)).toBe(safe))

  test.each(['prod-eu', 'Zürich', '日本語', 'e\u0301', '👩‍💻', '🏳️‍🌈', '❤️', '1️⃣', 'مرحبا', 'नमस्ते'])(
    '%s stays as it is',
    text => {
      expect(safeText(text)).toBe(text)
    },
  )

  test('holds no control sequences once it is escaped, and is not escaped twice', () => {
    fc.assert(
      fc.property(anyText, text => {
        const safe = safeText(text)
        expect(safe).not.toMatch(/[\p{Cc}\p{Cs}\u2028\u2029\u202a-\u202e\u2066-\u2069]/u)
        expect(safeText(safe)).toBe(safe)
      }),
    )
  })
})

describe('lines for people', () => {
  const red = '\x1b[31mred\x1b[39m'

  test('keep their line ends, and gatewatch’s colours only if colours are on', () => {
    expect(safeLines(`a\n${red}\x07\n`, { colours: true })).toBe(`a\n${red}\\x07\n`)
    expect(safeLines(`a\n${red}\n`)).toBe('a\n\\x1b[31mred\\x1b[39m\n')
  })

  test.each([
    ['the clipboard', '\x1b]52;c;eA==\x07'],
    ['the title', '\x1b]0;x\x07'],
    ['the cursor', '\x1b[2A'],
    ['what is erased', '\x1b[2K\r'],
    ['a colour of two numbers, which is none of ours', '\x1b[38;5;1m'],
  ])('let nothing pass that moves %s', (_, text) => {
    expect(safeLines(text, { colours: true })).not.toMatch(obeyed)
  })

  test('replace a status line by the next one and nothing else on the screen', () => {
    let said = ''
    const ends = { out: () => {}, outputIsTerminal: true, colour: true, columns: 20 }
    const streams = safeStreams({ ...ends, err: text => (said += text) })
    streams.status('1 of 2  /ro\nutes\x1b[2J/and/more')
    expect(said).toBe('\r\x1b[K1 of 2  /ro\\nutes\\x')
  })
})

describe('data for programs', () => {
  test('is the same value when parsed, and holds no control sequences', () => {
    const anyJson = fc.jsonValue().chain(value => anyText.map(text => ({ [text]: [value, text] })))
    fc.assert(
      fc.property(anyJson, value => {
        const json = safeJson(JSON.stringify(value, null, 2))
        expect(JSON.parse(json)).toEqual(JSON.parse(JSON.stringify(value)))
        expect(json.replaceAll('\n', '')).not.toMatch(obeyed)
      }),
    )
  })

  test.each([
    '\u202ea',
    'a\u200bb\n c',
    'ad\u200cmin: x',
    '\u{e0041}',
    'tab\tx\u2066',
    '\x9b31m',
    '# \u202e',
  ])('in YAML %j is in quotes, as a value and as a name', text => {
    const value = { [text]: [text, { deep: text }], plain: 'x' }
    const yaml = yamlText(value, { lineWidth: -1 })
    expect(load(yaml)).toEqual(value)
    expect(yaml.replaceAll('\n', '')).not.toMatch(obeyed)
  })

  test('is exact to the byte in a pipe, and escaped on a terminal', () => {
    const said: string[] = []
    const ends = { out: (text: string) => said.push(text), err: () => {}, colour: false, columns: 80 }
    const data = 'code: |\n\tx \u202e\x1b[2J\n'
    safeStreams({ ...ends, outputIsTerminal: false }).data(data)
    safeStreams({ ...ends, outputIsTerminal: true }).data(data)
    expect(said).toEqual([data, 'code: |\n\tx \\u202e\\x1b[2J\n'])
  })

  test('is one line as an XML attribute', () => {
    expect(xmlAttribute('a\n"b"\x1b[1m<c>\uffff')).toBe('a&#10;&quot;b&quot;\\x1b[1m&lt;c&gt;\ufffd')
  })
})

test('an error of the command line quotes an argument on one line, and keeps its own suggestion', () => {
  expect(commandLineError("error: unknown option '--x\ngatewatch: all right\x1b]52;c;\x07'\n")).toBe(
    "error: unknown option '--x\\ngatewatch: all right\\x1b]52;c;\\x07'\n",
  )
  expect(commandLineError("error: unknown command 'dif'\n(Did you mean diff?)\n")).toBe(
    "error: unknown command 'dif'\n(Did you mean diff?)\n",
  )
})
