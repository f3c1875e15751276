import { StringDecoder } from 'node:string_decoder'
import { characterEvent, type InputEvent, keyEvent } from './key.ts'
import { csiEvent, ss3Event } from './sequence.ts'

const escapeCharacter = '\x1b'
const pasteStart = `${escapeCharacter}[200~`
const pasteEnd = `${escapeCharacter}[201~`
/** Pasted text beyond this many characters is dropped: no field here accepts more. */
const longestPaste = 1_000_000
const graphemes = new Intl.Segmenter('en', { granularity: 'grapheme' })

/** A part of the input that was understood, or `undefined`: more bytes are needed. */
type Read = { readonly length: number; readonly event?: InputEvent | undefined } | undefined

/**
 * Turns the bytes of a terminal into events, whatever way they are cut into chunks. Each grapheme is one key
 * (glued `jjj` is three), an escape sequence is never torn, a paste is one event and presses no key.
 */
export class InputParser {
  private readonly decoder = new StringDecoder('utf8')
  private rest = ''
  /** The pieces of an unfinished paste; null outside one. */
  private paste: string[] | null = null
  private pasteLength = 0

  /** Whether an unfinished escape sequence is pending; it may be the esc key alone, which only time can tell. */
  get waits(): boolean {
    return this.paste === null && this.rest !== ''
  }

  push(bytes: Uint8Array): readonly InputEvent[] {
    const events: InputEvent[] = []
    this.rest += this.decoder.write(bytes)
    this.readAll(events, false)
    return events
  }

  /** No more bytes arrived for a while: pending input is interpreted as it is. A paste keeps waiting. */
  flush(): readonly InputEvent[] {
    const events: InputEvent[] = []
    if (this.paste === null) this.readAll(events, true)
    return events
  }

  private readAll(events: InputEvent[], last: boolean): void {
    while (this.rest !== '') {
      if (this.paste !== null) {
        if (!this.readPaste(events, this.paste)) return
        continue
      }
      if (this.rest.startsWith(pasteStart)) {
        this.rest = this.rest.slice(pasteStart.length)
        this.paste = []
        this.pasteLength = 0
        continue
      }
      if (this.rest.startsWith(escapeCharacter)) {
        const read = readSequence(this.rest) ?? (last ? readUnfinished(this.rest) : undefined)
        if (read === undefined) return
        if (read.event) events.push(read.event)
        this.rest = this.rest.slice(read.length)
        continue
      }
      const end = this.rest.indexOf(escapeCharacter)
      const text = end === -1 ? this.rest : this.rest.slice(0, end)
      this.rest = this.rest.slice(text.length)
      readText(text, events)
    }
  }

  /** Consumes pasted text up to its end; false: the end has not arrived yet. */
  private readPaste(events: InputEvent[], pieces: string[]): boolean {
    const end = this.rest.indexOf(pasteEnd)
    // The end mark may be split: what could be its first half is kept.
    const taken = end === -1 ? this.rest.length - endOverlap(this.rest) : end
    const text = this.rest.slice(0, Math.min(taken, Math.max(0, longestPaste - this.pasteLength)))
    if (text !== '') pieces.push(text)
    this.pasteLength += taken
    this.rest = this.rest.slice(end === -1 ? taken : end + pasteEnd.length)
    if (end === -1) return false
    events.push({ type: 'paste', text: pieces.join('').replaceAll(/\r\n?/g, '\n') })
    this.paste = null
    return true
  }
}

/** How many of the last characters could be the beginning of the end mark. */
function endOverlap(text: string): number {
  for (let length = Math.min(text.length, pasteEnd.length - 1); length > 0; length--) {
    if (text.endsWith(pasteEnd.slice(0, length))) return length
  }
  return 0
}

function readText(text: string, events: InputEvent[]): void {
  const segments =
    /^[\x00-\x7f]*$/.test(text) && !text.includes('\r\n')
      ? text
      : Array.from(graphemes.segment(text), part => part.segment)
  for (const segment of segments)
    events.push(...(isControl(segment) ? controlEvents(segment) : [characterEvent(segment)]))
}

function isControl(segment: string): boolean {
  const code = segment.charCodeAt(0)
  return code < 0x20 || (code >= 0x7f && code <= 0x9f)
}

/** Control characters as keys; `\r\n` is one grapheme of two. */
function controlEvents(segment: string): InputEvent[] {
  const code = segment.charCodeAt(0)
  if (code === 0x0d || code === 0x0a) return [keyEvent('enter')]
  if (code === 0x09) return [keyEvent('tab')]
  if (code === 0x7f || code === 0x08) return [keyEvent('backspace')]
  if (code === 0x00) return [keyEvent('space', { ctrl: true })]
  if (code < 0x20) return [keyEvent(String.fromCharCode(code + 0x40).toLowerCase(), { ctrl: true })]
  return []
}

/** An escape sequence at the start of the text. */
function readSequence(text: string): Read {
  const introducer = text[1]
  if (introducer === undefined) return undefined
  if (introducer === '[') return readCsi(text)
  if (introducer === 'O') return readSs3(text)
  if (introducer === ']' || introducer === 'P' || introducer === '_') return readString(text)
  if (introducer === escapeCharacter) return readDoubleEscape(text)
  const [grapheme = introducer] = Array.from(graphemes.segment(text.slice(1, 12)), part => part.segment)
  if (isControl(grapheme)) return { length: 1, event: keyEvent('esc') }
  return {
    length: 1 + grapheme.length,
    event: keyEvent(grapheme === ' ' ? 'space' : grapheme, { alt: true }),
  }
}

function readCsi(text: string): Read {
  // The Linux console's function keys, and mouse reports of old terminals: three bytes that mean nothing here.
  if (text[2] === '[')
    return text.length < 4 ? undefined : { length: 4, event: linuxFunctionKey(text[3] ?? '') }
  if (text[2] === 'M') return text.length < 6 ? undefined : { length: 6 }
  for (let at = 2; at < text.length; at++) {
    const code = text.charCodeAt(at)
    const shiftedEditKey = code === 0x24 && at === 3
    if ((code >= 0x40 && code <= 0x7e) || shiftedEditKey) {
      return { length: at + 1, event: csiEvent(text.slice(2, at), text[at] ?? '') }
    }
    // A byte that can't occur here: the sequence was cut off, and that byte begins something else.
    if (code < 0x20 || code > 0x7e) return { length: at }
  }
  return undefined
}

function linuxFunctionKey(letter: string): InputEvent | undefined {
  const number = 'ABCDE'.indexOf(letter) + 1
  return number === 0 ? undefined : keyEvent(`f${number}`)
}

function readSs3(text: string): Read {
  for (let at = 2; at < text.length; at++) {
    const code = text.charCodeAt(at)
    if (code >= 0x40 && code <= 0x7e)
      return { length: at + 1, event: ss3Event(text.slice(2, at), text[at] ?? '') }
    if (code !== 0x3b && (code < 0x30 || code > 0x39)) return { length: at }
  }
  return undefined
}

/** A response of the terminal (its colours, its name): ends with BEL or `ESC \`. */
function readString(text: string): Read {
  for (let at = 2; at < text.length; at++) {
    if (text[at] === '\x07') return { length: at + 1 }
    if (text[at] !== escapeCharacter) continue
    if (at + 1 === text.length) return undefined
    return { length: text[at + 1] === '\\' ? at + 2 : at }
  }
  return undefined
}

/** Two escapes: the esc key twice, or a sequence with alt as rxvt sends it. */
function readDoubleEscape(text: string): Read {
  const inner = text.slice(1)
  if (inner.length === 1) return undefined
  if (inner[1] !== '[' && inner[1] !== 'O') return { length: 1, event: keyEvent('esc') }
  const read = readSequence(inner)
  if (read === undefined || inner.startsWith(pasteStart)) return read && { length: 1, event: keyEvent('esc') }
  if (read.event?.type !== 'key') return { length: 1 + read.length, event: read.event }
  return { length: 1 + read.length, event: keyEvent(read.event.key, { alt: true }) }
}

/** A sequence without a continuation: esc alone, esc twice, alt with a letter, or the rest of a torn one. */
function readUnfinished(text: string): { readonly length: number; readonly event?: InputEvent } {
  if (text.length === 1) return { length: 1, event: keyEvent('esc') }
  if (text.startsWith(escapeCharacter + escapeCharacter)) return { length: 1, event: keyEvent('esc') }
  if (text.length === 2) return { length: 2, event: keyEvent(text[1] ?? '', { alt: true }) }
  return { length: text.length }
}
