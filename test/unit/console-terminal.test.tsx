import xterm from '@xterm/headless'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import InkOutput from '../../node_modules/ink/build/output.js'
import preciseWidth from '../../node_modules/string-width/index.js'
import Output from '../../src/console/terminal/ink-output.ts'
import { paint } from '../../src/console/terminal/paint.ts'
import { Screen } from '../../src/console/terminal/screen.ts'
import widestLine from '../../src/console/terminal/widest-line.ts'
import stringWidth from '../../src/console/terminal/width.ts'

const columns = 24
const rows = 8

/** A terminal's screen after some bytes: the text and look of each cell, so that only what a person sees counts. */
async function shown(...writes: readonly string[]): Promise<readonly string[]> {
  const terminal = new xterm.Terminal({ cols: columns, rows, allowProposedApi: true })
  await new Promise<void>(resolve => terminal.write(`\x1b[?7l${writes.join('')}`, resolve))
  const buffer = terminal.buffer.active
  const lines: string[] = []
  for (let y = 0; y < rows; y++) {
    let line = ''
    for (let x = 0; x < columns; x++) {
      const cell = buffer.getLine(y)?.getCell(x)
      const blank = (cell?.getChars() ?? '') === '' && cell?.getWidth() === 1
      const style = `${cell?.getFgColor()}${cell?.isBold() ? 'b' : ''}${cell?.isInverse() ? 'i' : ''}`
      line += blank
        ? cell?.isInverse()
          ? '[i]'
          : ' '
        : style === '-1'
          ? cell?.getChars()
          : `[${style}]${cell?.getChars()}`
    }
    lines.push(line.trimEnd())
  }
  terminal.dispose()
  return lines
}

const word = fc.oneof(
  fc.string({ maxLength: 9 }),
  fc.constantFrom(
    'prod-eu',
    '日本語',
    '👩‍💻 ok',
    'café',
    '─│…',
    'e\u0301\u0302x',
    '1️⃣',
    '\x1b[31mred\x1b[39m',
    '\x1b[1;32mbold\x1b[0m',
    '\x1b[7minverse\x1b[27m tail',
  ),
)

describe('the width of texts', () => {
  test('is the one that string-width gives', () => {
    fc.assert(
      fc.property(
        fc.array(fc.oneof(word, fc.string({ unit: 'grapheme' }), fc.string({ unit: 'binary' }))),
        words => {
          const text = words.join('')
          expect(stringWidth(text)).toBe(preciseWidth(text))
          expect(stringWidth(text)).toBe(preciseWidth(text))
        },
      ),
    )
  })

  test('is the one that string-width gives for every character of the basic plane', () => {
    const wrong: string[] = []
    for (let code = 0x20; code < 0x10000; code++) {
      const text = String.fromCharCode(code)
      if (stringWidth(text) !== preciseWidth(text)) wrong.push(code.toString(16))
    }
    expect(wrong).toEqual([])
  })

  test('is computed without the cache for unusual options', () => {
    expect(stringWidth('\x1b[31mred', { countAnsiEscapeCodes: true })).toBe(
      preciseWidth('\x1b[31mred', { countAnsiEscapeCodes: true }),
    )
    expect(stringWidth('…'.repeat(20), { ambiguousIsNarrow: false })).toBe(40)
  })

  test('of several lines is that of the widest', () => {
    expect(widestLine('a\n日本語\nabc')).toBe(6)
  })
})

describe('composed frames', () => {
  const plainWrite = fc.record({
    x: fc.integer({ min: -3, max: columns }),
    y: fc.integer({ min: -1, max: rows }),
    text: fc
      .oneof(
        word,
        fc.array(word, { minLength: 2, maxLength: 3 }).map(lines => lines.join('\n')),
      )
      .map(text => text.replaceAll(/[\x00-\x09\x0b-\x1a\x1c-\x1f\x7f-\x9f]|\x1b(?!\[)/g, '')),
    clip: fc.option(
      fc.record({
        x1: fc.nat(10),
        x2: fc.integer({ min: 8, max: columns }),
        y1: fc.nat(3),
        y2: fc.integer({ min: 2, max: rows }),
      }),
      { freq: 4, nil: undefined },
    ),
  })

  test('look as Ink would have composed them', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(plainWrite, { maxLength: 6 }), async writes => {
        const frames = [
          new Output({ width: columns, height: rows }),
          new InkOutput({ width: columns, height: rows }),
        ].map(output => {
          for (const { x, y, text, clip } of writes) {
            if (clip) output.clip(clip)
            output.write(x, y, text, { transformers: [] })
            if (clip) output.unclip()
          }
          return output.get()
        })
        expect(frames[0]?.height).toBe(frames[1]?.height)
        const [ours, inks] = frames.map(frame => frame.output.replaceAll('\n', '\r\n'))
        expect(await shown(ours ?? '')).toEqual(await shown(inks ?? ''))
      }),
      { numRuns: 150 },
    )
  })

  test('apply what a component does to its text', () => {
    const output = new Output({ width: 10, height: 1 })
    output.write(2, 0, 'abc', {
      transformers: [text => text.toUpperCase(), (text, line) => `${text}${line}`],
    })
    expect(output.get().output).toBe('  ABC0')
  })
})

const frame = fc.array(
  fc.constantFrom(
    '',
    'alpha',
    'beta',
    '\x1b[31mgamma\x1b[0m',
    'x'.repeat(columns),
    `\x1b[7m${'y'.repeat(columns)}\x1b[0m`,
    '日本',
    'delta',
    'epsilon',
  ),
  { minLength: rows, maxLength: rows },
)

describe('from frame to frame', () => {
  const inFull = (lines: readonly string[]) => paint(null, lines, columns)

  test('the terminal ends up as if each frame were sent in full', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(frame, { minLength: 2, maxLength: 5 }), async frames => {
        const steps = frames.map((lines, at) =>
          paint(at === 0 ? null : (frames[at - 1] ?? null), lines, columns),
        )
        expect(await shown(...steps)).toEqual(await shown(inFull(frames.at(-1) ?? [])))
      }),
      { numRuns: 100 },
    )
  })

  test('the terminal also ends up the same if rows scroll, in both directions', async () => {
    await fc.assert(
      fc.asyncProperty(
        frame,
        fc.array(fc.integer({ min: -5, max: 5 }), { maxLength: 4 }),
        async (start, moves) => {
          const list = Array.from({ length: 60 }, (_, at) => `row ${at} ${start[at % rows]}`)
          let top = 25
          let before: readonly string[] | null = null
          const steps: string[] = []
          let now: readonly string[] = []
          for (const move of [0, ...moves]) {
            top += move
            now = ['head', ...list.slice(top, top + rows - 2), `at ${top}`]
            steps.push(paint(before, now, columns))
            before = now
          }
          expect(await shown(...steps)).toEqual(await shown(inFull(now)))
        },
      ),
      { numRuns: 100 },
    )
  })

  test('a row that scrolls in may equal the one below the list', async () => {
    const before = ['head', 'a', 'b', 'c', 'd', 'e', 'end', 'bar']
    const after = ['head', 'b', 'c', 'd', 'e', 'end', 'end', 'bar']
    expect(await shown(inFull(before), paint(before, after, columns))).toEqual(await shown(inFull(after)))
    expect(await shown(inFull(after), paint(after, before, columns))).toEqual(await shown(inFull(before)))
  })

  test('a frame that got shorter leaves nothing behind', async () => {
    const long = ['a', 'b', 'c', 'd']
    const short = ['a', 'x']
    expect(await shown(inFull(long), paint(long, short, columns))).toEqual(await shown(inFull(short)))
    expect(await shown(inFull(short), paint(short, long, columns))).toEqual(await shown(inFull(long)))
  })

  test('nothing is sent for an equal frame, and little for one row', () => {
    const lines = Array.from({ length: rows }, (_, at) => `row ${at}`)
    expect(paint(lines, [...lines], columns)).toBe('')
    expect(
      paint(
        lines,
        lines.map((line, at) => (at === 3 ? 'other' : line)),
        columns,
      ),
    ).toBe('\x1b[4;1Hother\x1b[K')
  })

  test('a scrolled list sends the new row, not all rows', () => {
    const list = Array.from({ length: 20 }, (_, at) => `row number ${at}`)
    const bytes = paint(list.slice(0, rows), list.slice(1, rows + 1), columns)
    expect(bytes).toContain('row number 8')
    expect(bytes).not.toContain('row number 5')
  })
})

describe('the screen', () => {
  function open() {
    const written: string[] = []
    const listeners = new Set<() => void>()
    const display = {
      columns: 20,
      rows: 3,
      write: (text: string) => written.push(text),
      on: (_: 'resize', listener: () => void) => listeners.add(listener),
      off: (_: 'resize', listener: () => void) => listeners.delete(listener),
    }
    return { screen: new Screen(display), written, display, listeners }
  }

  test('draws frames only while it is open, and the latest one when it opens', () => {
    const { screen, written } = open()
    screen.write('one\ntwo')
    expect(written).toEqual([])
    screen.start()
    expect(written.join('')).toContain('two')
    screen.stop()
    screen.write('three')
    expect(written.join('')).not.toContain('three')
    screen.start()
    expect(written.join('')).toContain('three')
    expect(screen.frames).toBe(2)
  })

  test('passes on none of Ink’s own terminal modes, and never more rows than there are', () => {
    const { screen, written } = open()
    screen.start()
    screen.write('\x1b[?25l')
    screen.write('a\nb\nc\nd')
    expect(written.join('')).not.toContain('\x1b[?25')
    expect(written.join('')).not.toContain('d')
  })

  test('sends everything again after the terminal changed its size', async () => {
    const { screen, written, listeners } = open()
    screen.start()
    screen.write('same')
    for (const listener of listeners) listener()
    screen.write('same')
    await new Promise(resolve => setImmediate(resolve))
    expect(written.filter(text => text.includes('same'))).toHaveLength(2)
  })
})
