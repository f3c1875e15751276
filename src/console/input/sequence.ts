import { type InputEvent, keyEvent, type Modifiers } from './key.ts'

const byLetter: Readonly<Record<string, string>> = {
  A: 'up',
  B: 'down',
  C: 'right',
  D: 'left',
  F: 'end',
  H: 'home',
  M: 'enter',
  P: 'f1',
  Q: 'f2',
  R: 'f3',
  S: 'f4',
  I: 'tab',
  X: 'delete',
  // rxvt: lower case means shift
  a: 'up',
  b: 'down',
  c: 'right',
  d: 'left',
}

const byNumber: Readonly<Record<string, string>> = {
  1: 'home',
  2: 'insert',
  3: 'delete',
  4: 'end',
  5: 'pgup',
  6: 'pgdn',
  7: 'home',
  8: 'end',
  11: 'f1',
  12: 'f2',
  13: 'f3',
  14: 'f4',
  15: 'f5',
  17: 'f6',
  18: 'f7',
  19: 'f8',
  20: 'f9',
  21: 'f10',
  23: 'f11',
  24: 'f12',
}

const byCodePoint: Readonly<Record<number, string>> = {
  8: 'backspace',
  9: 'tab',
  13: 'enter',
  27: 'esc',
  32: 'space',
  127: 'backspace',
  57414: 'enter',
}

/** Modifiers as terminals number them: one plus shift 1, alt 2, ctrl 4. */
function modifiersOf(parameter: string | undefined): Modifiers {
  const bits = Math.max(0, Number.parseInt(parameter ?? '1', 10) - 1) || 0
  return { shift: (bits & 1) !== 0, alt: (bits & 2) !== 0, ctrl: (bits & 4) !== 0 }
}

function isRelease(parameter: string | undefined): boolean {
  return parameter?.split(':')[1] === '3'
}

/**
 * The meaning of a whole control sequence (`ESC [ parameters final`); undefined for a response of the terminal, a
 * released key, or a sequence that isn't a key.
 */
export function csiEvent(parameters: string, final: string): InputEvent | undefined {
  if (parameters.startsWith('<')) return mouseEvent(parameters.slice(1), final)
  if (/[^0-9;:]/.test(parameters)) return undefined
  const [first, second, third] = parameters.split(';')
  if (isRelease(second)) return undefined
  if (final === 'Z') return keyEvent('tab', { shift: true })
  if (final === 'u') return codePointEvent(Number.parseInt(first ?? '', 10), modifiersOf(second))
  if (final === '~' && first === '27')
    return codePointEvent(Number.parseInt(third ?? '', 10), modifiersOf(second))
  if (final === '~' || final === '$' || final === '^') {
    const name = byNumber[first ?? '']
    if (name === undefined) return undefined
    const held = modifiersOf(second)
    return keyEvent(name, { ...held, shift: held.shift || final === '$', ctrl: held.ctrl || final === '^' })
  }
  const name = byLetter[final]
  // The position of the cursor (`ESC [ row ; column R`) looks like f3 with a modifier.
  if (name === undefined || (final === 'R' && first !== undefined && first !== '1' && first !== ''))
    return undefined
  const held = modifiersOf(second)
  return keyEvent(name, { ...held, shift: held.shift || (final >= 'a' && final <= 'd') })
}

/** The meaning of `ESC O final`: keys in application mode. */
export function ss3Event(parameters: string, final: string): InputEvent | undefined {
  const name = byLetter[final]
  if (name === undefined) return undefined
  const held = modifiersOf(parameters === '' ? undefined : parameters.split(';').at(-1))
  return keyEvent(name, { ...held, ctrl: held.ctrl || (final >= 'a' && final <= 'd') })
}

function codePointEvent(codePoint: number, held: Modifiers): InputEvent | undefined {
  const named = byCodePoint[codePoint]
  if (named !== undefined) return keyEvent(named, held)
  if (!(codePoint > 0x20 && codePoint <= 0x10ffff) || (codePoint >= 0xe000 && codePoint <= 0xf8ff))
    return undefined
  const plain = String.fromCodePoint(codePoint)
  const character = held.shift ? plain.toUpperCase() : plain
  if (held.ctrl || held.alt) return keyEvent(character, held)
  const event = keyEvent(character)
  return event.type === 'key' ? { ...event, text: character } : event
}

/** A mouse report in SGR form: `button;column;row`, `M` pressed or `m` released. */
function mouseEvent(parameters: string, final: string): InputEvent | undefined {
  const [button = Number.NaN, column = Number.NaN, row = Number.NaN] = parameters.split(';').map(Number)
  if (!(column >= 1 && row >= 1) || (final !== 'M' && final !== 'm')) return undefined
  if (button & 64) {
    const wheel = button & 3
    if (final !== 'M' || wheel > 1) return undefined
    return { type: 'mouse', action: wheel === 0 ? 'wheel up' : 'wheel down', column, row }
  }
  // Only the left button acts, and movement (bit 5) is not asked for.
  if ((button & 3) !== 0 || button & 32) return undefined
  return { type: 'mouse', action: final === 'M' ? 'press' : 'release', column, row }
}
