import { LinearPattern, PatternError } from '../../../../patterns/linear-pattern.ts'

/** Thrown inside the translation only. */
export class NotTranslated extends Error {}

/** What a text consists of: printable ASCII characters alone, for which Unicode's classes are short, or anything. */
export type RegexText = 'ascii' | 'unicode'

/** Code points from one to another, in order and apart. */
export type Ranges = readonly (readonly [number, number])[]

const last = 0x10ffff

/** The same code points, in order and apart. */
export function inOrder(ranges: Ranges): Ranges {
  const merged: [number, number][] = []
  for (const [low, high] of ranges.toSorted((a, b) => a[0] - b[0])) {
    const before = merged.at(-1)
    if (before && low <= before[1] + 1) before[1] = Math.max(before[1], high)
    else merged.push([low, high])
  }
  return merged
}

/** All other code points. */
export function inverse(ranges: Ranges): Ranges {
  const others: [number, number][] = []
  let from = 0
  for (const [low, high] of inOrder(ranges)) {
    if (low > from) others.push([from, low - 1])
    from = high + 1
  }
  if (from <= last) others.push([from, last])
  return others
}

function both(a: Ranges, b: Ranges): Ranges {
  return inverse([...inverse(a), ...inverse(b)])
}

/** What `&&`, `--` and `~~` make of two sets. */
export function combined(operator: string, a: Ranges, b: Ranges): Ranges {
  if (operator === '&&') return both(a, b)
  if (operator === '--') return both(a, inverse(b))
  return [...both(a, inverse(b)), ...both(b, inverse(a))]
}

/** A class of RE2 that holds these. */
export function classOf(ranges: Ranges): string {
  const parts = inOrder(ranges).map(([low, high]) =>
    low === high ? codeOf(low) : `${codeOf(low)}-${codeOf(high)}`,
  )
  return parts.length === 0 ? `[^${codeOf(0)}-${codeOf(last)}]` : `[${parts.join('')}]`
}

/** A code point as RE2 writes it. */
export function codeOf(code: number): string {
  return `\\x{${code.toString(16)}}`
}

/** `\d`, `\w` and `\s`, for the inside of a class. Rust's are those of Unicode, RE2's those of ASCII. */
export const perlClasses = {
  ascii: { d: '0-9', w: 'A-Za-z0-9_', s: '\\t\\n\\v\\f\\r ' },
  unicode: {
    d: '\\p{Nd}',
    w: '\\p{Alphabetic}\\p{M}\\p{Nd}\\p{Pc}\\x{200c}\\x{200d}',
    s: '\\p{White_Space}',
  },
} as const

/** The same as ranges, in ASCII. */
export const perlRanges: Readonly<Record<'d' | 'w' | 's', Ranges>> = {
  d: [[48, 57]],
  w: [
    [48, 57],
    [65, 90],
    [95, 95],
    [97, 122],
  ],
  s: [
    [9, 13],
    [32, 32],
  ],
}

/** Classes as `[:alpha:]`: of ASCII in both languages. */
export const posixRanges: ReadonlyMap<string, Ranges> = new Map([
  [
    'alnum',
    [
      [48, 57],
      [65, 90],
      [97, 122],
    ],
  ],
  [
    'alpha',
    [
      [65, 90],
      [97, 122],
    ],
  ],
  ['ascii', [[0, 127]]],
  [
    'blank',
    [
      [9, 9],
      [32, 32],
    ],
  ],
  [
    'cntrl',
    [
      [0, 31],
      [127, 127],
    ],
  ],
  ['digit', perlRanges.d],
  ['graph', [[33, 126]]],
  ['lower', [[97, 122]]],
  ['print', [[32, 126]]],
  [
    'punct',
    [
      [33, 47],
      [58, 64],
      [91, 96],
      [123, 126],
    ],
  ],
  ['space', perlRanges.s],
  ['upper', [[65, 90]]],
  ['word', perlRanges.w],
  [
    'xdigit',
    [
      [48, 57],
      [65, 70],
      [97, 102],
    ],
  ],
])

/** Unicode's long names of general categories; RE2 knows the short ones. */
const shortNames: ReadonlyMap<string, string> = new Map(
  Object.entries({
    Letter: 'L',
    Uppercase_Letter: 'Lu',
    Lowercase_Letter: 'Ll',
    Titlecase_Letter: 'Lt',
    Modifier_Letter: 'Lm',
    Other_Letter: 'Lo',
    Mark: 'M',
    Nonspacing_Mark: 'Mn',
    Spacing_Mark: 'Mc',
    Enclosing_Mark: 'Me',
    Number: 'N',
    Decimal_Number: 'Nd',
    Letter_Number: 'Nl',
    Other_Number: 'No',
    Punctuation: 'P',
    Connector_Punctuation: 'Pc',
    Dash_Punctuation: 'Pd',
    Open_Punctuation: 'Ps',
    Close_Punctuation: 'Pe',
    Initial_Punctuation: 'Pi',
    Final_Punctuation: 'Pf',
    Other_Punctuation: 'Po',
    Symbol: 'S',
    Math_Symbol: 'Sm',
    Currency_Symbol: 'Sc',
    Modifier_Symbol: 'Sk',
    Other_Symbol: 'So',
    Separator: 'Z',
    Space_Separator: 'Zs',
    Line_Separator: 'Zl',
    Paragraph_Separator: 'Zp',
    Other: 'C',
    Control: 'Cc',
    Format: 'Cf',
    Private_Use: 'Co',
    Unassigned: 'Cn',
  }),
)

/** A property of Unicode for the inside of a class, and which ASCII characters have it. */
export function propertyOf(letter: string, name: string): { readonly text: string; readonly ranges: Ranges } {
  const text = `\\${letter}{${shortNames.get(name) ?? name}}`
  try {
    const pattern = LinearPattern.of(`^${text}$`)
    const codes = Array.from({ length: 128 }, (_, code) => code)
    return {
      text,
      ranges: codes.filter(code => pattern.test(String.fromCharCode(code))).map(code => [code, code]),
    }
  } catch (error) {
    if (error instanceof PatternError) throw new NotTranslated()
    throw error
  }
}
