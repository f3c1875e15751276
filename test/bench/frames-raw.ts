// The yardstick: the same screen as frames-program.tsx, sent in full for each key, with nothing in between.
import { benchRow } from './frames-rows.ts'

const columns = process.stdout.columns || 80
const height = (process.stdout.rows || 24) - 5
let cursor = 0

function line(at: number): string {
  const row = benchRow(at)
  const request = row.request.padEnd(columns - 77)
  const [open, close] = at === cursor ? ['\x1b[48;2;38;56;79m>', '\x1b[0m'] : [' ', '']
  const base = at === cursor ? '\x1b[48;2;38;56;79m' : ''
  return `${open}${row.name.padEnd(24)}\x1b[38;2;240;184;102m${row.cause.padEnd(12)}\x1b[0m${base}${row.target.padEnd(10)}${request}\x1b[38;2;138;148;163m${row.source.padEnd(30)}\x1b[0m${close}`
}

function draw(): void {
  const top = Math.max(0, cursor - height + 1)
  const lines = [
    ` gatewatch  inventory${`${cursor + 1} of 100000 `.padStart(columns - 21)}`,
    '─'.repeat(columns),
  ]
  for (let at = top; at < top + height; at++) lines.push(line(at))
  lines.push('─'.repeat(columns), ' enter open  s sync  / filter  ? help \x1b[K', ` row ${cursor}\x1b[K`)
  process.stdout.write(`\x1b[?2026h\x1b[H${lines.join('\r\n')}\x1b[?2026l`)
}

process.stdin.setRawMode(true)
process.stdout.write('\x1b[?1049h\x1b[?25l\x1b[?7l')
process.stdin.on('data', bytes => {
  for (const key of bytes.toString()) {
    if (key === 'j') cursor += 1
    if (key !== 'q') continue
    process.stdout.write('\x1b[?7h\x1b[?25h\x1b[?1049l')
    process.exit(0)
  }
  draw()
})
draw()
