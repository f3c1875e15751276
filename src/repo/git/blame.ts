import { type Result, succeed } from '../../model/problem.ts'
import type { CommitInfo } from '../repository.ts'
import type { Git } from './git.ts'

/** From how many lines on the whole file is asked for. */
const manyLines = 100

/** Who wrote which line. */
export type Blame = ReadonlyMap<number, CommitInfo>

/**
 * Who last wrote lines of a file, at a commit or (null) in the work tree. Lines that are not there or not
 * committed are left out.
 */
export async function blame(
  git: Git,
  commit: string | null,
  path: string,
  lines: readonly number[],
): Promise<Result<Blame>> {
  const wanted = [...new Set(lines)]
    .filter(line => Number.isSafeInteger(line) && line > 0)
    .sort((a, b) => a - b)
  if (wanted.length === 0) return succeed(new Map())
  const command = ['blame', '--porcelain', '--no-textconv', '--no-ext-diff']
  const revision = commit === null ? [] : [commit]
  const ranges =
    wanted.length >= manyLines ? [] : rangesOf(wanted).flatMap(([from, to]) => ['-L', `${from},${to}`])
  let output = await git.run([...command, ...ranges, ...revision, '--', path], { accept: [128] })
  // A line beyond the end of the file fails the whole call.
  if (output.ok && output.value.code !== 0 && /has only \d+ lines?/.test(output.value.stderr)) {
    output = await git.run([...command, ...revision, '--', path], { accept: [128] })
  }
  if (!output.ok) return output
  if (output.value.code !== 0) {
    if (/no such path|no such ref|bad revision/.test(output.value.stderr)) return succeed(new Map())
    return await git
      .run([...command, ...revision, '--', path])
      .then(again => (again.ok ? succeed(new Map()) : again))
  }
  return succeed(readPorcelain(output.value.stdout.toString('utf8')))
}

/** Neighbouring lines as ranges; gaps of a few lines are cheaper to ask for than to leave out. */
function rangesOf(lines: readonly number[]): readonly (readonly [number, number])[] {
  const ranges: [number, number][] = []
  for (const line of lines) {
    const last = ranges.at(-1)
    if (last && line - last[1] <= 1) last[1] = line
    else ranges.push([line, line])
  }
  return ranges
}

/** Reads `git blame --porcelain`: https://git-scm.com/docs/git-blame#_the_porcelain_format */
function readPorcelain(text: string): Blame {
  const commits = new Map<string, { author: string; time: number; summary: string }>()
  const blamed = new Map<number, string>()
  let current = ''
  for (const line of text.split('\n')) {
    if (line.startsWith('\t')) continue
    const header = /^([0-9a-f]{40,64}) \d+ (\d+)/.exec(line)
    if (header) {
      current = header[1] ?? ''
      blamed.set(Number(header[2]), current)
      if (!commits.has(current)) commits.set(current, { author: '', time: 0, summary: '' })
      continue
    }
    const commit = commits.get(current)
    if (!commit) continue
    if (line.startsWith('author ')) commit.author = line.slice('author '.length)
    else if (line.startsWith('author-time ')) commit.time = Number(line.slice('author-time '.length))
    else if (line.startsWith('summary ')) commit.summary = line.slice('summary '.length)
  }
  const infos = new Map<number, CommitInfo>()
  for (const [line, id] of blamed) {
    const commit = commits.get(id)
    if (!commit || /^0+$/.test(id)) continue
    infos.set(line, { commit: id, author: commit.author, at: isoTime(commit.time), summary: commit.summary })
  }
  return infos
}

/** Seconds since the epoch as ISO 8601. */
export function isoTime(seconds: number): string {
  return new Date(seconds * 1000).toISOString()
}
