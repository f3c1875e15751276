import { spawn } from 'node:child_process'
import { basename } from 'node:path'

/** A line in a file, from 1. */
export interface FileLine {
  /** Absolute. */
  readonly file: string
  readonly line: number
  readonly column: number
}

type Arguments = (place: FileLine) => readonly string[]

const plus: Arguments = ({ file, line }) => [`+${line}`, file]
const plusColon: Arguments = ({ file, line, column }) => [`+${line}:${column}`, file]
const colons: Arguments = ({ file, line, column }) => [`${file}:${line}:${column}`]
const goto: Arguments = ({ file, line, column }) => ['--goto', `${file}:${line}:${column}`]

/** How to make editors go to a line, according to their manuals. */
const editors: ReadonlyMap<string, Arguments> = new Map([
  ...['vi', 'vim', 'nvim', 'view', 'nvi', 'ex', 'joe', 'mg', 'jed', 'ne', 'mcedit'].map(
    (name): [string, Arguments] => [name, plus],
  ),
  ['nano', ({ file, line, column }) => [`+${line},${column}`, file]],
  ...['emacs', 'emacsclient', 'micro', 'kak'].map((name): [string, Arguments] => [name, plusColon]),
  ...['hx', 'helix', 'zed', 'subl'].map((name): [string, Arguments] => [name, colons]),
  ...['code', 'codium', 'cursor', 'windsurf'].map((name): [string, Arguments] => [name, goto]),
])

/**
 * The command that opens a file at a line: from `$VISUAL`, or else `$EDITOR`, or else `vi`. An unknown editor just
 * opens the file.
 */
export function editorCommand(
  env: Readonly<Record<string, string | undefined>>,
  place: FileLine,
): readonly [string, ...string[]] {
  const [command = 'vi', ...given] = wordsOf(env.VISUAL || env.EDITOR || 'vi')
  const tell = editors.get(basename(command).replace(/\.(?:exe|cmd)$/i, ''))
  return [command, ...given, ...(tell?.(place) ?? [place.file])]
}

/** A command line as its words; quotes hold one together. */
function wordsOf(text: string): readonly string[] {
  return [...text.matchAll(/"([^"]*)"|'([^']*)'|(\S+)/g)].map(
    ([, double, single, bare]) => double ?? single ?? bare ?? '',
  )
}

/** Runs a program on this terminal until it ends; a text: why it could not run, or how it failed. */
export function runHere([command, ...args]: readonly [string, ...string[]]): Promise<string | null> {
  return new Promise(resolve => {
    const child = spawn(command, args, { stdio: 'inherit' })
    child.once('error', error => {
      const missing = 'code' in error && error.code === 'ENOENT'
      resolve(missing ? `${command} was not found: set $EDITOR` : `${command} can’t be run: ${error.message}`)
    })
    child.once('exit', (code, signal) =>
      resolve(code === 0 ? null : `${command} ended with ${signal ?? code}`),
    )
  })
}
