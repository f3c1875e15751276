import CellOutput from '../../../node_modules/ink/build/output.js'
import stringWidth from './width.ts'

type Transformer = (text: string, index: number) => string

interface Clip {
  readonly x1: number | undefined
  readonly x2: number | undefined
  readonly y1: number | undefined
  readonly y2: number | undefined
}

interface Write {
  readonly type: 'write'
  readonly x: number
  readonly y: number
  readonly text: string
  readonly transformers: Transformer[]
}

type Operation = Write | { readonly type: 'clip'; readonly clip: Clip } | { readonly type: 'unclip' }

/** One text that lies in a row without touching another. */
interface Piece {
  readonly x: number
  readonly width: number
  readonly text: string
}

/** The last frame, and its rows as the very strings that it was made from. */
let latest: { readonly output: string; readonly lines: readonly string[] } | undefined

/** The rows of a frame. Those of the last one are cached, and equal rows are mostly the same string. */
export function frameLines(frame: string): readonly string[] {
  return latest?.output === frame ? latest.lines : frame.split('\n')
}

const closeStyles = '\x1b[0m'

/**
 * Puts the texts of a frame together, in the place of Ink's own class in the bundle. Ink paints each frame cell by
 * cell. Here a row whose texts lie side by side is joined from them as they are; only a row where texts overlap,
 * are cut or leave the screen is painted by Ink's class, one row high.
 */
export default class Output {
  readonly width: number
  readonly height: number
  private readonly operations: Operation[] = []

  constructor(options: { readonly width: number; readonly height: number }) {
    this.width = options.width
    this.height = options.height
  }

  write(x: number, y: number, text: string, options: { readonly transformers: Transformer[] }): void {
    if (text !== '') this.operations.push({ type: 'write', x, y, text, transformers: options.transformers })
  }

  clip(clip: Clip): void {
    this.operations.push({ type: 'clip', clip })
  }

  unclip(): void {
    this.operations.push({ type: 'unclip' })
  }

  get(): { output: string; height: number } {
    const rows: (Piece[] | 'cells')[] = Array.from({ length: this.height }, () => [])
    const clips: Clip[] = []
    for (const operation of this.operations) {
      if (operation.type === 'clip') clips.push(operation.clip)
      else if (operation.type === 'unclip') clips.pop()
      else this.place(operation, clips, rows)
    }
    const lines = rows.map((row, y) => (row === 'cells' ? undefined : this.join(row)) ?? this.paint(y))
    const output = lines.join('\n')
    latest = { output, lines }
    return { output, height: this.height }
  }

  /** Files a text under the rows that it touches, as a piece where that is enough. */
  private place(write: Write, clips: readonly Clip[], rows: (Piece[] | 'cells')[]): void {
    const lines = write.text.split('\n')
    const styledAcrossLines = lines.length > 1 && write.text.includes('\x1b')
    for (const [index, line] of lines.entries()) {
      const y = write.y + index
      const row = rows[y]
      if (row === undefined || row === 'cells') continue
      const width = stringWidth(line)
      const fits =
        write.x >= 0 && write.x + width <= this.width && clips.every(clip => holds(clip, write.x, y, width))
      if (!fits || styledAcrossLines || line.includes('\x1b]') || line.includes('\t')) {
        rows[y] = 'cells'
        continue
      }
      let text = line
      for (const transform of write.transformers) text = transform(text, index)
      if (text !== '') row.push({ x: write.x, width, text })
    }
  }

  /** A row of pieces side by side; undefined where they overlap. */
  private join(pieces: Piece[]): string | undefined {
    if (pieces.length > 1) pieces.sort((a, b) => a.x - b.x)
    let line = ''
    let at = 0
    for (const piece of pieces) {
      if (piece.x < at) return undefined
      line += ' '.repeat(piece.x - at) + piece.text
      if (piece.text.includes('\x1b') && !piece.text.endsWith(closeStyles)) line += closeStyles
      at = piece.x + piece.width
    }
    return line.trimEnd()
  }

  /** A row painted cell by cell, by Ink. */
  private paint(y: number): string {
    const cells = new CellOutput({ width: this.width, height: 1 })
    for (const operation of this.operations) {
      if (operation.type === 'clip') cells.clip(moveUp(operation.clip, y))
      else if (operation.type === 'unclip') cells.unclip()
      else cells.write(operation.x, operation.y - y, operation.text, { transformers: operation.transformers })
    }
    return cells.get().output
  }
}

function holds(clip: Clip, x: number, y: number, width: number): boolean {
  return (
    (clip.x1 === undefined || x >= clip.x1) &&
    (clip.x2 === undefined || x + width <= clip.x2) &&
    (clip.y1 === undefined || y >= clip.y1) &&
    (clip.y2 === undefined || y < clip.y2)
  )
}

function moveUp(clip: Clip, rows: number): Clip {
  return {
    ...clip,
    y1: clip.y1 === undefined ? undefined : clip.y1 - rows,
    y2: clip.y2 === undefined ? undefined : clip.y2 - rows,
  }
}
