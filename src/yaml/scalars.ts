import type { Json } from '../model/json.ts'

/** Why a scalar has no JSON value; never holds the scalar itself. */
export interface ScalarTrouble {
  readonly trouble: string
}

/**
 * Words that mean something other than themselves, as decK's Go YAML library reads them (YAML 1.1):
 * https://yaml.org/type/bool.html, https://yaml.org/type/null.html
 */
const words: ReadonlyMap<string, null | boolean> = new Map([
  ...['y', 'Y', 'yes', 'Yes', 'YES', 'true', 'True', 'TRUE', 'on', 'On', 'ON'].map(
    word => [word, true] as const,
  ),
  ...['n', 'N', 'no', 'No', 'NO', 'false', 'False', 'FALSE', 'off', 'Off', 'OFF'].map(
    word => [word, false] as const,
  ),
  ...['', '~', 'null', 'Null', 'NULL'].map(word => [word, null] as const),
])

const noNumbers = /^[-+]?\.(?:inf|Inf|INF)$|^\.(?:nan|NaN|NAN)$/
const decimal = /^[-+]?(?:\.[0-9]+|[0-9]+(?:\.[0-9]*)?)(?:[eE][-+]?[0-9]+)?$/
const radixed = /^([-+]?)0(?:[xX]([0-9a-fA-F]+)|[bB]([-+]?[01]+)|[oO]?([0-7]+))$/
const timestamp = /^[0-9]{4}-[0-9]/

/** The value of a plain scalar without a tag. */
export function plainValue(text: string): Json | ScalarTrouble {
  const first = text.charCodeAt(0)
  // Most scalars start with a letter that begins neither a word above nor a number.
  if (text !== '' && !mayStandForMore(first)) return text
  const word = words.get(text)
  if (word !== undefined) return word
  return numberIn(text) ?? text
}

/** The value of a scalar with a tag; the tag as written, such as `!!int`. Unknown tags mean text. */
export function taggedValue(tag: string, text: string, plain: boolean): Json | ScalarTrouble {
  switch (tag.replace(/^!<tag:yaml\.org,2002:(.*)>$/, '!!$1')) {
    case '!!binary':
      return Buffer.from(text, 'base64').toString('utf8')
    case '!!int':
      return expected(
        numberIn(text),
        value => typeof value === 'number' && Number.isInteger(value),
        'an integer',
      )
    case '!!float':
      return expected(numberIn(text), value => typeof value === 'number', 'a number')
    case '!!bool':
      return expected(words.get(text), value => typeof value === 'boolean', 'true or false')
    case '!!null':
      return expected(words.get(text), value => value === null, 'null')
    case '!':
    case '!!str':
      return text
    default:
      return plain ? text : String(text)
  }
}

/** Whether a scalar could not be read. */
export function isTrouble(value: Json | ScalarTrouble): value is ScalarTrouble {
  return typeof value === 'object' && value !== null && 'trouble' in value
}

function expected(
  value: Json | ScalarTrouble | undefined,
  fits: (value: Json | ScalarTrouble) => boolean,
  what: string,
): Json | ScalarTrouble {
  return value !== undefined && fits(value)
    ? value
    : { trouble: `the value is tagged as ${what} but isn’t one` }
}

/** Whether a character can begin a word or a number: `y Y n N t T f F o O ~`, digits, signs and the dot. */
function mayStandForMore(code: number): boolean {
  return (code >= 0x30 && code <= 0x39) || '-+.~yYnNtTfFoO'.includes(String.fromCharCode(code))
}

function numberIn(text: string): number | ScalarTrouble | undefined {
  if (noNumbers.test(text)) return { trouble: 'infinity and NaN aren’t JSON values' }
  if (timestamp.test(text)) return undefined
  // After a dot, underscores are only allowed between digits; elsewhere they are allowed anywhere.
  if (text.startsWith('.') && /(?<!\d)_|_(?!\d)/.test(text)) return undefined
  const plain = text.replaceAll('_', '')
  const parts = radixed.exec(plain)
  if (parts) {
    const [, sign = '', hex, binary, octal] = parts
    const value = integerOf(sign, hex ?? binary ?? octal ?? '', hex ? 16 : binary ? 2 : 8)
    if (value !== undefined) return value
  }
  if (!decimal.test(plain)) return undefined
  const value = Number(plain)
  // Go refuses a decimal beyond the range of a double as a number and keeps its text.
  return Number.isFinite(value) ? value + 0 : undefined
}

/** An integer by its digits; undefined where Go has no integer that can hold it. */
function integerOf(sign: string, digits: string, radix: number): number | undefined {
  const value = Number.parseInt(digits, radix)
  if (Number.isSafeInteger(value)) return sign === '-' ? 0 - value : value
  if (!/^[0-9a-fA-F]/.test(digits)) return undefined
  const prefix = { 2: '0b', 8: '0o', 16: '0x' }[radix] ?? ''
  const exact = BigInt(prefix + digits)
  return exact < 2n ** (sign === '-' ? 63n : 64n) ? Number(sign === '-' ? -exact : exact) : undefined
}
