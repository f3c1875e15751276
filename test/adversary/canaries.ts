import { randomBytes } from 'node:crypto'

/** A value that must be found nowhere. */
export interface Canary {
  /** What it stands for, as `a key of AWS`. */
  readonly kind: string
  /** There is one of a kind for each of these. */
  readonly round: string
  readonly value: string
}

/** Makes values that nothing else holds, and finds them again, however they are written. */
export class Canaries {
  readonly #planted = new Map<string, Canary>()

  /** How many kinds of secrets stand for something. */
  get kinds(): number {
    return new Set([...this.#planted.values()].map(({ kind }) => kind)).size
  }

  /** The canary of a kind in a round: the same one each time. */
  text(kind: string, round: string): string {
    const known = this.#planted.get(`${kind}, ${round}`)
    // Letters that are neither hex nor base64 of anything by chance, and stay what they are in a URL.
    const letters = 'GHJKLMNPQRSTUVWXYZghjkmnpqrstuvwxyz'
    const random = () => [...randomBytes(12)].map(byte => letters[byte % letters.length]).join('')
    return known?.value ?? this.given(kind, round, `cAnArY${random()}`)
  }

  /** The same as a number. */
  number(kind: string, round: string): number {
    const known = this.#planted.get(`${kind}, ${round}`)
    const made = () => String(700_000_000 + Math.floor(Math.random() * 99_999_999))
    return Number(known?.value ?? this.given(kind, round, made()))
  }

  /** A value that was made elsewhere. */
  given(kind: string, round: string, value: string): string {
    this.#planted.set(`${kind}, ${round}`, { kind, round, value })
    return value
  }

  /** The canaries that stand in a text, in clear or in a form that anybody can undo. */
  in(text: string): readonly (Canary & { readonly form: string })[] {
    return [...this.#planted.values()].flatMap(canary => {
      const found = formsOf(canary.value).find(([, written]) => text.includes(written))
      return found ? [{ ...canary, form: found[0] }] : []
    })
  }
}

const forms = new Map<string, readonly (readonly [string, string])[]>()

/** How a value may be written: as it is, in small letters, backwards, in base64 wherever it begins there, in hexadecimal digits. */
function formsOf(value: string): readonly (readonly [string, string])[] {
  const known = forms.get(value)
  if (known) return known
  const bytes = Buffer.from(value)
  const found: (readonly [string, string])[] = [
    ['in clear', value],
    ['in URL form', encodeURIComponent(value)],
    ['in small letters', value.toLowerCase()],
    ['in capitals', value.toUpperCase()],
    ['backwards', [...value].reverse().join('')],
    ['in hex', bytes.toString('hex')],
    ['in HEX', bytes.toString('hex').toUpperCase()],
    ...(value.length < 8
      ? []
      : [0, 1, 2].map((before): readonly [string, string] => {
          const written = Buffer.concat([Buffer.alloc(before), bytes])
            .toString('base64')
            .replace(/=+$/, '')
          // The first and last characters hang on what stands beside.
          return ['in base64', written.slice(before === 0 ? 0 : before + 1, -2)]
        })),
  ]
  forms.set(value, found)
  return found
}
