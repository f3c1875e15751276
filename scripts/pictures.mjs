// `npm run pictures`: runs the demo in a terminal and draws frames of it as SVG, for the README and to look at.
// With --png beside each SVG a PNG, where `rsvg-convert` is installed.
import { spawnSync } from 'node:child_process'
import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { Driver } from '../test/e2e/driver.ts'
import { root } from './runtime.mjs'

const cell = { width: 8.4, height: 18 }
const colours = { back: '#12151b', text: '#d7dae0' }
const palette = ['#1d2129', '#e05561', '#8cc265', '#d18f52', '#4aa5f0', '#c162de', '#42b3c2', '#d7dae0']
const bright = ['#5b6370', '#ff616e', '#a5e075', '#f0a45d', '#4dc4ff', '#de73ff', '#4cd1e0', '#ffffff']

function colour(mode, value, otherwise) {
  if (mode === 0) return otherwise
  if (mode === 2) return `#${value.toString(16).padStart(6, '0')}`
  if (value < 8) return palette[value]
  if (value < 16) return bright[value - 8]
  if (value >= 232) return `#${(8 + (value - 232) * 10).toString(16).padStart(2, '0').repeat(3)}`
  const steps = [0, 95, 135, 175, 215, 255]
  const at = value - 16
  return `#${[Math.floor(at / 36), Math.floor(at / 6) % 6, at % 6].map(each => steps[each].toString(16).padStart(2, '0')).join('')}`
}

const modeOf = (isDefault, isRgb) => (isDefault ? 0 : isRgb ? 2 : 1)
const escaped = text => text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;')

/** The cells of a line as stretches of one style. */
function stretches(line, columns) {
  const found = []
  for (let x = 0; x < columns; x++) {
    const each = line.getCell(x)
    if (!each || each.getWidth() === 0) continue
    let text = colour(modeOf(each.isFgDefault(), each.isFgRGB()), each.getFgColor(), colours.text)
    let back = colour(modeOf(each.isBgDefault(), each.isBgRGB()), each.getBgColor(), colours.back)
    if (each.isInverse()) [text, back] = [back, text]
    const style = [text, back, each.isBold() ? 1 : 0, each.isDim() ? 1 : 0, each.isUnderline() ? 1 : 0].join(
      ' ',
    )
    const last = found.at(-1)
    const chars = each.getChars() || ' '
    if (last?.style === style && last.x + last.cells === x) {
      last.text += chars
      last.cells += each.getWidth()
    } else found.push({ x, cells: each.getWidth(), text: chars, style })
  }
  return found
}

/** What a terminal shows, as an SVG picture: every cell in its place. */
function pictureOf(terminal) {
  const { active } = terminal.buffer
  const { cols, rows } = terminal
  const [width, height, pad] = [cols * cell.width, rows * cell.height, 14]
  const parts = []
  for (let y = 0; y < rows; y++) {
    const line = active.getLine(active.viewportY + y)
    if (!line) continue
    for (const { x, cells, text, style } of stretches(line, cols)) {
      const [fore, back, bold, dim, underline] = style.split(' ')
      const at = `x="${(pad + x * cell.width).toFixed(1)}"`
      const size = (cells * cell.width).toFixed(1)
      if (back !== colours.back)
        parts.push(
          `<rect ${at} y="${pad + y * cell.height}" width="${size}" height="${cell.height}" fill="${back}"/>`,
        )
      if (text.trim() === '') continue
      const more = `${bold === '1' ? ' font-weight="700"' : ''}${dim === '1' ? ' opacity="0.6"' : ''}${underline === '1' ? ' text-decoration="underline"' : ''}`
      parts.push(
        `<text ${at} y="${pad + y * cell.height + 13.5}" fill="${fore}" textLength="${size}"${more}>${escaped(text)}</text>`,
      )
    }
  }
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" width="${Math.ceil(width + 2 * pad)}" height="${Math.ceil(height + 2 * pad)}" font-family="ui-monospace, 'DejaVu Sans Mono', Menlo, Consolas, monospace" font-size="14" xml:space="preserve">`,
    `<rect width="100%" height="100%" rx="8" fill="${colours.back}"/>`,
    ...parts,
    '</svg>',
    '',
  ].join('\n')
}

const folder = join(root, 'docs', 'pictures')
mkdirSync(folder, { recursive: true })

function keep(driver, name) {
  const file = join(folder, `${name}.svg`)
  writeFileSync(file, pictureOf(driver.terminal))
  process.stdout.write(`${file}\n`)
  if (process.argv.includes('--png'))
    spawnSync('rsvg-convert', ['-o', file.replace(/svg$/, 'png'), file], { stdio: 'inherit' })
}

const isRead = screen =>
  ['EXPOSED', 'UNSEEN', 'FINDINGS'].every(word => screen.includes(word)) && !screen.includes('reading')

const first = Driver.start(['demo'], { columns: 100, rows: 30 })
await first.waitFor(isRead)
keep(first, 'first-screen')
first.press('2')
await first.waitFor('7 changes')
first.press('j')
await first.waitFor('last applied')
keep(first, 'drift')
first.press('3')
await first.waitFor('Inventory')
keep(first, 'inventory')
await first[Symbol.asyncDispose]()

const second = Driver.start(['demo'], { columns: 130, rows: 32 })
await second.waitFor(isRead)
second.press('2')
await second.waitFor('7 changes')
second.press('s')
await second.waitFor(/CONFIRM/)
await second.waitFor(/POLICY .*resolves/)
keep(second, 'review')
second.press('4')
await second.waitFor(/2 block, 2 error, .*1 waived/)
await second.waitFor(/^> {2}block/m)
keep(second, 'governance')
await second[Symbol.asyncDispose]()
