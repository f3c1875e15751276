import { safeLines, safeText } from '../../model/safe-text.ts'

/** Where a command's words and data go. Nothing that a terminal would obey gets through, wherever it comes from. */
export interface Streams {
  /** Text for people on standard output: lines, with our own colours. */
  out(text: string): void
  /** Data for programs on standard output: byte for byte, unless a terminal shows it. */
  data(text: string): void
  /** Messages for people: lines on standard error. */
  err(text: string): void
  /** One line on standard error that takes the place of the last one; an empty text takes it away. */
  status(line: string): void
}

/** What streams end in. */
export interface StreamEnds {
  readonly out: (text: string) => void
  readonly err: (text: string) => void
  readonly outputIsTerminal: boolean
  readonly colour: boolean
  /** The width of standard error. */
  readonly columns: number
}

/** Streams that escape (`\x1b`) what a terminal would obey. */
export function safeStreams({ out, err, outputIsTerminal, colour, columns }: StreamEnds): Streams {
  return {
    out: text => out(safeLines(text, { colours: colour })),
    data: text => out(outputIsTerminal ? safeLines(text, { tabs: true }) : text),
    err: text => err(safeLines(text, { colours: colour })),
    status: line => err(`\r\u001b[K${[...safeText(line)].slice(0, columns - 1).join('')}`),
  }
}

/**
 * An error of the command line in commander's words, made safe for a terminal, since it quotes arguments. Its own
 * second line, a suggestion, stays a line.
 */
export function commandLineError(text: string): string {
  const [, message = '', suggestion = ''] = /^(.*?)((?:\n\(Did you mean [^\n]*\?\))?)\n*$/s.exec(text) ?? []
  return `${safeText(message)}${safeLines(suggestion)}\n`
}
