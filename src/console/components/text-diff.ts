import { diffLines } from 'diff'
import { type Line, span } from './line.ts'

/** Unchanged lines that are shown around a change. */
const context = 2

/** Compares two texts line by line: what only `before` has, what only `after` has, and some context. */
export function textDiff(before: string, after: string): readonly Line[] {
  const lines: Line[] = []
  const parts = diffLines(before, after)
  for (const [at, part] of parts.entries()) {
    const texts = part.value.replace(/\n$/, '').split('\n')
    if (part.added) lines.push(...texts.map((text): Line => [span(`+ ${text}`, 'added')]))
    else if (part.removed) lines.push(...texts.map((text): Line => [span(`- ${text}`, 'removed')]))
    else lines.push(...unchanged(texts, at > 0, at < parts.length - 1))
  }
  return lines
}

/** The ends of an unchanged stretch that touch a change; the middle only as a count. */
function unchanged(texts: readonly string[], afterChange: boolean, beforeChange: boolean): readonly Line[] {
  const head = afterChange ? texts.slice(0, context) : []
  const tail = beforeChange ? texts.slice(Math.max(head.length, texts.length - context)) : []
  const hidden = texts.length - head.length - tail.length
  const show = (text: string): Line => [span(`  ${text}`, 'dim')]
  const gap: readonly Line[] =
    hidden > 0 ? [[span(`  ... ${hidden} equal ${hidden === 1 ? 'line' : 'lines'}`, 'dim')]] : []
  return [...head.map(show), ...gap, ...tail.map(show)]
}
