import { posix } from 'node:path'
import { LinearPattern, PatternError } from './linear-pattern.ts'

/** One of the alternatives of a glob: names and folders from left to right. */
export interface Way {
  /** The literal names that the glob begins with: everything that it matches is below them. */
  readonly base: readonly string[]
  readonly steps: readonly Step[]
}

/** `**`, or what one name must look like. */
type Step = 'any folders' | { readonly hidden: boolean; fits(name: string): boolean }

/** How far a path has got along an alternative: the steps that may come next. */
export type Reached = readonly number[]

/** The maximum number of patterns that braces may expand to. */
const most = 1_000
/** How long a pattern may be, in UTF-16 units. */
const longest = 2_000

/**
 * Matches paths: within a name, `*` matches any characters, `?` one, `[a-z]` one of several; `{a,b}` matches one of
 * several texts; `**` any number of folders. A leading dot must be matched literally. The time grows only with the path
 * and the pattern.
 */
export class Glob {
  readonly ways: readonly Way[]

  /** Throws `PatternError`. */
  constructor(text: string) {
    if (text.length > longest) throw new PatternError(`it is longer than ${longest} characters`)
    this.ways = alternatives(text).map(wayOf)
  }

  /** Whether a path with `/` between its names fits. */
  fits(path: string): boolean {
    const names = path.split('/')
    return this.ways.some(way => {
      const { base } = way
      if (!base.every((name, i) => names[i] === name)) return false
      const rest = names.slice(base.length)
      let reached = started(way)
      for (const name of rest) reached = next(way, reached, name, true)
      return reached.includes(way.steps.length)
    })
  }
}

/** The position of a path that has reached the base of an alternative. */
export function started(way: Way): Reached {
  return past(way, [0])
}

/** The position after one more name. `throughAny`: whether `**` may match this name too. */
export function next(way: Way, reached: Reached, name: string, throughAny: boolean): Reached {
  const on = reached.flatMap(at => {
    const step = way.steps[at]
    if (step === undefined) return []
    if (step === 'any folders') return throughAny && !name.startsWith('.') ? [at] : []
    return step.fits(name) && (step.hidden || !name.startsWith('.')) ? [at + 1] : []
  })
  return past(way, on)
}

/** `**` may match no folder. */
function past(way: Way, reached: Reached): Reached {
  const all = new Set<number>()
  for (let at of reached) {
    all.add(at)
    while (way.steps[at] === 'any folders') {
      at += 1
      all.add(at)
    }
  }
  return [...all]
}

function wayOf(text: string): Way {
  const names = posix
    .normalize(text)
    .split('/')
    .filter((name, i) => name !== '.' && (name !== '' || i === 0))
  const first = names.findIndex(name => /[*?[]/.test(name))
  const base = first < 0 ? names : names.slice(0, first)
  const steps = first < 0 ? [] : names.slice(first)
  // Folders alone can't match: at the end it matches everything in them.
  if (steps.at(-1) === '**') steps.push('*')
  return { base, steps: steps.map(stepOf) }
}

function stepOf(name: string): Step {
  if (name === '**') return 'any folders'
  const hidden = name.startsWith('.')
  if (!/[*?[]/.test(name)) return { hidden, fits: given => given === name }
  const pattern = LinearPattern.of(
    `^(?s:${name.replace(/\[([!^]?)(\]?[^\]]*)\]|\*+|\?|[^*?[]+|\[/g, sourceOf)})$`,
  )
  return { hidden, fits: given => pattern.test(given) }
}

function sourceOf(part: string, negation: string | undefined, members: string | undefined): string {
  if (members !== undefined && part.startsWith('[')) {
    return `[${negation ? '^' : ''}${members.replace(/[\\[\]^&~]/g, '\\$&')}]`
  }
  if (part.startsWith('*')) return '.*'
  return part === '?' ? '.' : part.replace(/[\\^$.+()[\]{}|]/g, '\\$&')
}

/** What `{a,b}` expands to in a text; braces may be nested. */
function alternatives(text: string): readonly string[] {
  const open = openBrace(text)
  if (open === undefined) return [text]
  const { before, choices, after } = open
  const tails = alternatives(after)
  const heads = choices.flatMap(alternatives)
  if (heads.length * tails.length > most)
    throw new PatternError(`its braces stand for more than ${most} patterns`)
  return heads.flatMap(head => tails.map(tail => before + head + tail))
}

/** The first braces that close and have a comma between them. */
function openBrace(text: string) {
  for (let from = text.indexOf('{'); from >= 0; from = text.indexOf('{', from + 1)) {
    const choices: string[] = []
    let depth = 0
    let start = from + 1
    for (let at = from; at < text.length; at += 1) {
      const char = text[at]
      if (char === '{') depth += 1
      if (char === '}') depth -= 1
      if (depth === 0 || (depth === 1 && char === ',')) {
        choices.push(text.slice(start, at))
        start = at + 1
      }
      if (depth > 0) continue
      if (choices.length > 1) return { before: text.slice(0, from), choices, after: text.slice(start) }
      break
    }
  }
  return undefined
}
