import type { Place } from '../model/problem.ts'

/** Finds lines and columns in a text; the lines are looked up on first use. */
export class Lines {
  readonly #file: string
  readonly #text: string
  #starts: Int32Array | undefined

  constructor(file: string, text: string) {
    this.#file = file
    this.#text = text
  }

  /** The place of a character, by its offset in the text. */
  at(offset: number): Place {
    const starts = this.#lineStarts()
    let low = 0
    let high = starts.length - 1
    while (low < high) {
      const middle = (low + high + 1) >> 1
      if ((starts[middle] ?? 0) <= offset) low = middle
      else high = middle - 1
    }
    const start = starts[low] ?? 0
    const mark = start === 0 && this.#text.startsWith('\uFEFF') ? 1 : 0
    return { file: this.#file, line: low + 1, column: Math.max(1, offset - start + 1 - mark) }
  }

  #lineStarts(): Int32Array {
    if (this.#starts) return this.#starts
    const starts = [0]
    for (let at = this.#text.indexOf('\n'); at !== -1; at = this.#text.indexOf('\n', at + 1))
      starts.push(at + 1)
    this.#starts = Int32Array.from(starts)
    return this.#starts
  }
}
