import { isObject, type Json, type JsonObject } from '../json.ts'
import type { Problem } from '../store/problems.ts'

/** A request to the Admin API, as it came. */
export interface AdminRequest {
  readonly method: string
  /** Path and query, still encoded. */
  readonly target: string
  readonly contentType: string | undefined
  readonly body: Buffer | undefined
}

/** What the Admin API answers. */
export interface AdminResponse {
  readonly status: number
  readonly headers?: Readonly<Record<string, string>>
  /** Undefined for no body at all. */
  readonly text: string | undefined
}

const jsonType = { 'content-type': 'application/json; charset=utf-8' }

/** An answer with a JSON body. */
export const answer = (status: number, body: Json): AdminResponse => ({
  status,
  headers: jsonType,
  text: JSON.stringify(body),
})

/** An answer whose body is JSON text already. */
export const answerText = (status: number, text: string): AdminResponse => ({
  status,
  headers: jsonType,
  text,
})

/** The answer that a problem gets. */
export const refuse = (problem: Problem): AdminResponse => answer(problem.status, problem.body)

/** 204. */
export const noContent: AdminResponse = { status: 204, text: undefined }

/** Arguments of a query or form: repeated ones are lists. */
export type Arguments = ReadonlyMap<string, string | readonly string[]>

function decode(text: string): string {
  const spaced = text.replaceAll('+', ' ')
  try {
    return decodeURIComponent(spaced)
  } catch {
    return spaced.replace(/%([0-9a-f]{2})/gi, (_, hex: string) =>
      String.fromCharCode(Number.parseInt(hex, 16)),
    )
  }
}

/** Reads `a=1&b=2`. */
export function readArguments(query: string): Arguments {
  const found = new Map<string, string | readonly string[]>()
  for (const part of query.split('&')) {
    if (part === '') continue
    const equals = part.indexOf('=')
    const name = decode(equals < 0 ? part : part.slice(0, equals))
    const value = equals < 0 ? '' : decode(part.slice(equals + 1))
    const before = found.get(name)
    found.set(
      name,
      before === undefined ? value : [...(typeof before === 'string' ? [before] : before), value],
    )
  }
  return found
}

/** The argument's value; the first where it was given twice. */
export function argument(args: Arguments, name: string): string | undefined {
  const value = args.get(name)
  return typeof value === 'object' ? value[0] : value
}

/** Splits a path into decoded segments; undefined where a segment is empty. A slash at the end does not count. */
export function segmentsOf(path: string): string[] | undefined {
  const trimmed = path.endsWith('/') ? path.slice(0, -1) : path
  if (trimmed === '') return []
  const segments = trimmed.slice(1).split('/')
  return segments.includes('') ? undefined : segments.map(decodeSegment)
}

function decodeSegment(segment: string): string {
  if (!segment.includes('%')) return segment
  try {
    return decodeURIComponent(segment)
  } catch {
    return segment
  }
}

/** A JSON body as named fields; a list has its positions as names, as in Lua. */
export function asBody(value: Json): JsonObject | undefined {
  if (isObject(value)) return value
  return Array.isArray(value) ? Object.fromEntries(value.map((part, i) => [String(i + 1), part])) : undefined
}
