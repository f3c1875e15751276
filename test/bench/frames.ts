import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { spawn } from '@lydell/node-pty'
import { build } from 'esbuild'
import { bundleOptions, root } from '../../scripts/bundle.mjs'

const columns = 160
const rows = 50
const endOfFrame = '\x1b[?2026l'
const warmUp = 500
const keys = 1000

/** A program in a terminal that draws one frame for each key. */
interface Program {
  /** Presses a key that scrolls the list; milliseconds until the last byte of its frame is there. */
  press(): Promise<number>
  /** Bytes of the last frame. */
  bytes(): number
  end(): void
}

async function start(file: string, args: readonly string[]): Promise<Program> {
  const terminal = spawn(process.execPath, [file, ...args], {
    cols: columns,
    rows,
    name: 'xterm-256color',
    env: { ...process.env, COLORTERM: 'truecolor' },
  })
  let frame = ''
  let done: () => void = () => {}
  terminal.onData(text => {
    frame += text
    if (frame.endsWith(endOfFrame)) done()
  })
  const nextFrame = () => {
    frame = ''
    return new Promise<void>(resolve => {
      done = resolve
    })
  }
  await nextFrame()
  return {
    async press() {
      const whole = nextFrame()
      const pressed = performance.now()
      terminal.write('j')
      await whole
      return performance.now() - pressed
    },
    bytes: () => frame.length,
    end: () => terminal.write('q'),
  }
}

function percentile(times: readonly number[], share: number): number {
  const sorted = [...times].sort((a, b) => a - b)
  return sorted[Math.floor((sorted.length - 1) * share)] ?? Number.NaN
}

function report(name: string, times: readonly number[], bytes: number): string {
  const numbers = [percentile(times, 0.5), percentile(times, 0.95)].map(time =>
    `${time.toFixed(2)} ms`.padStart(9),
  )
  return `  ${name.padEnd(18)} p50 ${numbers[0]}   p95 ${numbers[1]}   ${bytes} bytes`
}

/**
 * Key to the last byte of its frame: the console's list of 100,000 rows, each key scrolling it, beside a program that
 * repaints the same screen in full. Keys go to the two in turn, so that both meet the same machine.
 */
export async function bench(): Promise<string> {
  const folder = mkdtempSync(join(tmpdir(), 'gatewatch-frames-'))
  try {
    await build({
      ...bundleOptions,
      entryPoints: { program: 'test/bench/frames-program.tsx' },
      outdir: folder,
      outExtension: { '.js': '.mjs' },
    })
    const raw = await start(join(root, 'test/bench/frames-raw.ts'), [])
    const ours = await start(join(folder, 'program.mjs'), [join(folder, 'frames.log')])
    const times: { raw: number[]; ours: number[] } = { raw: [], ours: [] }
    for (let at = 0; at < warmUp + keys; at++) {
      const rawTime = await raw.press()
      const ourTime = await ours.press()
      if (at < warmUp) continue
      times.raw.push(rawTime)
      times.ours.push(ourTime)
    }
    const lines = [
      `key to the last byte of the frame, ${columns}x${rows}, 100,000 rows, ${keys} keys`,
      report('gatewatch', times.ours, ours.bytes()),
      report('raw repaint', times.raw, raw.bytes()),
      `  p95 is ${(percentile(times.ours, 0.95) / percentile(times.raw, 0.95)).toFixed(2)} times the raw one (aim: at most 2.5)`,
    ]
    raw.end()
    ours.end()
    return lines.join('\n')
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}
