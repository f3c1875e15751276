type Letter =
  | 'a'
  | 'b'
  | 'c'
  | 'd'
  | 'e'
  | 'f'
  | 'g'
  | 'h'
  | 'i'
  | 'j'
  | 'k'
  | 'l'
  | 'm'
  | 'n'
  | 'o'
  | 'p'
  | 'q'
  | 'r'
  | 's'
  | 't'
  | 'u'
  | 'v'
  | 'w'
  | 'x'
  | 'y'
  | 'z'
type Digit = '0' | '1' | '2' | '3' | '4' | '5' | '6' | '7' | '8' | '9'
type Sign =
  | '!'
  | '"'
  | '#'
  | '$'
  | '%'
  | '&'
  | "'"
  | '('
  | ')'
  | '*'
  | '+'
  | ','
  | '-'
  | '.'
  | '/'
  | ':'
  | ';'
  | '<'
  | '='
  | '>'
  | '?'
  | '@'
  | '['
  | '\\'
  | ']'
  | '^'
  | '_'
  | '`'
  | '{'
  | '|'
  | '}'
  | '~'

/** Keys that a terminal names by a sequence or a control character. */
export type NamedKey =
  | 'enter'
  | 'esc'
  | 'tab'
  | 'space'
  | 'backspace'
  | 'delete'
  | 'insert'
  | 'up'
  | 'down'
  | 'left'
  | 'right'
  | 'home'
  | 'end'
  | 'pgup'
  | 'pgdn'
  | 'f1'
  | 'f2'
  | 'f3'
  | 'f4'
  | 'f5'
  | 'f6'
  | 'f7'
  | 'f8'
  | 'f9'
  | 'f10'
  | 'f11'
  | 'f12'

type CharacterKey = Letter | Uppercase<Letter> | Digit | Sign
type BaseKey = CharacterKey | NamedKey

/**
 * One key press by name: `j`, `G`, `enter`, `ctrl+c`, `shift+tab`, `alt+x`. Modifiers are in the order ctrl, alt,
 * shift; a shifted character is its own key (`G`, `?`). `other` is any character that no binding can name, such as `é`:
 * it is only ever text.
 */
export type Key =
  | BaseKey
  | `ctrl+${Letter | Sign | NamedKey}`
  | `alt+${BaseKey}`
  | `shift+${NamedKey}`
  | 'other'

/** The events of the input gate. */
export type InputEvent =
  /** A key; `text` is what it types into a field, empty if it types nothing. */
  | { readonly type: 'key'; readonly key: Key; readonly text: string }
  /** Pasted text, whole. It never presses keys. */
  | { readonly type: 'paste'; readonly text: string }
  /** A mouse button or wheel; column and row count from 1. */
  | {
      readonly type: 'mouse'
      readonly action: 'press' | 'release' | 'wheel up' | 'wheel down'
      readonly column: number
      readonly row: number
    }

/** Modifiers that were held with a key. */
export interface Modifiers {
  readonly ctrl: boolean
  readonly alt: boolean
  readonly shift: boolean
}

const namedKeys: ReadonlySet<string> = new Set<NamedKey>([
  'enter',
  'esc',
  'tab',
  'space',
  'backspace',
  'delete',
  'insert',
  'up',
  'down',
  'left',
  'right',
  'home',
  'end',
  'pgup',
  'pgdn',
  'f1',
  'f2',
  'f3',
  'f4',
  'f5',
  'f6',
  'f7',
  'f8',
  'f9',
  'f10',
  'f11',
  'f12',
])

function isNamedKey(name: string): name is NamedKey {
  return namedKeys.has(name)
}

function isCharacterKey(text: string): text is CharacterKey {
  return /^[!-~]$/.test(text)
}

/** Whether a text names a key: modifiers in their order, then a character or a named key. */
export function isKey(name: string): name is Key {
  if (name === 'other') return true
  const parts = /^(ctrl\+)?(alt\+)?(shift\+)?(.+)$/.exec(name)
  const base = parts?.[4]
  if (!parts || base === undefined || (!isNamedKey(base) && !isCharacterKey(base))) return false
  const [, ctrl, alt, shift] = parts
  if ((ctrl && (alt || shift)) || (alt && shift)) return false
  if (shift) return isNamedKey(base)
  return !ctrl || isNamedKey(base) || !/[A-Z0-9]/.test(base)
}

/** The event of a key that is known by its name. */
export function keyEvent(base: string, modifiers?: Partial<Modifiers>): InputEvent {
  const shift = modifiers?.shift && isNamedKey(base)
  const lower = modifiers?.ctrl && !isNamedKey(base) ? base.toLowerCase() : base
  const name = modifiers?.ctrl
    ? `ctrl+${lower}`
    : modifiers?.alt
      ? `alt+${base}`
      : shift
        ? `shift+${base}`
        : base
  if (!isKey(name)) return { type: 'key', key: 'other', text: '' }
  return { type: 'key', key: name, text: base === 'space' && name === base ? ' ' : '' }
}

/** The event of a typed character (one grapheme). */
export function characterEvent(grapheme: string): InputEvent {
  if (grapheme === ' ') return { type: 'key', key: 'space', text: ' ' }
  return { type: 'key', key: isCharacterKey(grapheme) ? grapheme : 'other', text: grapheme }
}
