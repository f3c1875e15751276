import { RouteRegex } from './rust-regex.ts'

/**
 * A short text that a route's regex matches, for a representative request: `/users/x` for
 * `^/users/(?<id>[^/]+)$`. Undefined where none was found, or none that is short. Takes first alternatives, fewest
 * repetitions.
 */
export function sampleOf(regex: RouteRegex): string | undefined {
  const sample = new Sampler(regex.source).alternatives()
  return sample !== undefined && regex.test(sample) ? sample : undefined
}

/** Tried in turn for a class: what people expect to see in a path. */
const candidates = [
  'x',
  '1',
  'a',
  'X',
  '-',
  ...Array.from({ length: 95 }, (_, i) => String.fromCharCode(126 - i)),
]

/** Longer ones would represent nothing. */
const longest = 2_000
/** How deep groups may stand in each other. */
const deepest = 250

class Sampler {
  readonly #source: string
  #at = 0
  #depth = 0

  constructor(source: string) {
    this.#source = source
  }

  /** The first alternative up to the end of the group; the others are read over. */
  alternatives(): string | undefined {
    this.#depth += 1
    if (this.#depth > deepest) this.#at = this.#source.length
    let first = this.#sequence()
    while (this.#source[this.#at] === '|') {
      this.#at++
      const other = this.#sequence()
      first ??= other
    }
    this.#depth -= 1
    return first
  }

  #sequence(): string | undefined {
    let text: string | undefined = ''
    while (
      this.#at < this.#source.length &&
      this.#source[this.#at] !== '|' &&
      this.#source[this.#at] !== ')'
    ) {
      const atom = this.#atom()
      const times = this.#times()
      const isLong: boolean = (text?.length ?? 0) + (atom?.length ?? 0) * times > longest
      text =
        text === undefined || isLong || (atom === undefined && times > 0)
          ? undefined
          : text + (atom ?? '').repeat(times)
    }
    return text
  }

  #atom(): string | undefined {
    const char = this.#source.charAt(this.#at++)
    if (char === '^' || char === '$') return ''
    if (char === '.') return 'x'
    if (char === '(') return this.#group()
    if (char === '[') return this.#class()
    if (char === '\\') return sampleOfEscape(this.#source.charAt(this.#at++))
    return char
  }

  #group(): string | undefined {
    const start = /^\?(?:P?<\w+>|[imsu-]*:|[imsu-]+(?=\)))/.exec(this.#source.slice(this.#at))
    if (start) this.#at += start[0].length
    const inner = this.alternatives()
    this.#at++
    return inner
  }

  #class(): string | undefined {
    const open = this.#at - 1
    if (this.#source[this.#at] === '^') this.#at++
    if (this.#source[this.#at] === ']') this.#at++
    for (let depth = 1; depth > 0 && this.#at < this.#source.length; this.#at++) {
      const char = this.#source[this.#at]
      if (char === '\\') this.#at++
      else if (char === '[') depth++
      else if (char === ']') depth--
    }
    const one = new RouteRegex(`^${this.#source.slice(open, this.#at)}$`)
    return candidates.find(candidate => one.test(candidate))
  }

  /** How often the atom before is repeated, at the least. */
  #times(): number {
    const quantifier = /^(?:\{(\d*)(?:,\d*)?\}|[*+?])[?]?/.exec(this.#source.slice(this.#at))
    if (!quantifier) return 1
    this.#at += quantifier[0].length
    if (quantifier[1] !== undefined) return Math.min(Number(quantifier[1]), 100)
    return quantifier[0].startsWith('+') ? 1 : 0
  }
}

function sampleOfEscape(char: string): string | undefined {
  const samples: Readonly<Record<string, string>> = {
    d: '1',
    w: 'x',
    s: ' ',
    D: 'x',
    W: '-',
    S: 'x',
    A: '',
    z: '',
    b: '',
  }
  if (/[a-zA-Z0-9]/.test(char)) return Object.hasOwn(samples, char) ? samples[char] : undefined
  return char
}
