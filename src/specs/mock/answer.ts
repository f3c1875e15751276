import type { Json } from '../../model/json.ts'
import type { Media, MockOperation, MockResponse } from './operations.ts'
import { sampleOf } from './sample.ts'
import type { SchemaChecks } from './schema-check.ts'

/** What a mock sends. */
export interface MockAnswer {
  readonly status: number
  readonly headers: Readonly<Record<string, string>>
  readonly body: string
}

/** A client's preferences (RFC 7240): `Prefer: code=404, example=empty`. */
export interface Preference {
  readonly code: string | undefined
  readonly example: string | undefined
  /** Accepted media types, the most wanted first; empty: all are. */
  readonly accepted: readonly string[]
}

/** The response of an operation: the requested one, or else the first successful one. */
export function answerOf(operation: MockOperation, wanted: Preference, checks: SchemaChecks): MockAnswer {
  const response = responseFor(operation.responses, wanted.code)
  if (response === undefined) {
    if (wanted.code !== undefined)
      return problemAnswer(404, `The specification has no response ${wanted.code}`)
    return { status: 204, headers: {}, body: '' }
  }
  const status = statusOf(response.code, wanted.code)
  const headers = Object.fromEntries(
    response.headers.flatMap(({ name, schema }) => (schema ? [[name, headerText(sampleOf(schema))]] : [])),
  )
  if (response.media.length === 0) return { status, headers, body: '' }
  const media = mediaFor(response.media, wanted.accepted)
  if (media === undefined) {
    const types = response.media.map(({ type }) => type).join(', ')
    return problemAnswer(406, `The response is only available as ${types}`)
  }
  const { example } = wanted
  if (example !== undefined && !media.examples.has(example))
    return problemAnswer(404, `The response has no example ${example}`)
  const { value, note } = valueFor(media, example, checks)
  const type = media.type.includes('*') ? 'application/octet-stream' : media.type
  return {
    status,
    headers: { ...headers, 'content-type': type, ...(note === undefined ? {} : { 'x-mock-note': note }) },
    body: isJson(type) || typeof value !== 'string' ? JSON.stringify(value) : value,
  }
}

/** A problem (RFC 9457), with what is wrong one by one. */
export function problemAnswer(status: number, detail: string, errors: readonly string[] = []): MockAnswer {
  return {
    status,
    headers: { 'content-type': 'application/problem+json' },
    body: JSON.stringify({ status, detail, ...(errors.length > 0 ? { errors } : {}) }),
  }
}

export function isJson(type: string): boolean {
  return /^application\/(?:[^;]+\+)?json$/i.test(type)
}

function responseFor(responses: readonly MockResponse[], code: string | undefined): MockResponse | undefined {
  if (code !== undefined) {
    const group = `${code[0] ?? ''}XX`
    return [code, group, 'default'].flatMap(
      wanted => responses.find(each => each.code.toUpperCase() === wanted.toUpperCase()) ?? [],
    )[0]
  }
  const success = responses
    .filter(each => each.code.startsWith('2'))
    .sort((a, b) => (a.code < b.code ? -1 : 1))
  return success[0] ?? responses.find(each => each.code === 'default') ?? responses[0]
}

function statusOf(code: string, wanted: string | undefined): number {
  const status = Number(wanted ?? (/^\d{3}$/.test(code) ? code : code.replace(/XX$/i, '00')))
  return Number.isInteger(status) && status >= 200 && status <= 599 ? status : 200
}

function mediaFor(media: readonly Media[], accepted: readonly string[]): Media | undefined {
  const json = media.find(({ type }) => isJson(type)) ?? media[0]
  if (accepted.length === 0) return json
  return accepted.flatMap(range => {
    if (range === '*/*') return json ?? []
    const kind = range.endsWith('/*') ? range.slice(0, -1) : undefined
    return media.find(({ type }) => type === range || (kind !== undefined && type.startsWith(kind))) ?? []
  })[0]
}

/** An example, or else a value for the schema; a note says so if that doesn't match. */
function valueFor(
  media: Media,
  name: string | undefined,
  checks: SchemaChecks,
): { readonly value: Json; readonly note?: string } {
  const example = name === undefined ? [...media.examples.values()][0] : media.examples.get(name)
  if (example !== undefined) return { value: example }
  if (media.schema === undefined) return { value: isJson(media.type) ? {} : '' }
  const value = sampleOf(media.schema)
  const [wrong] = isJson(media.type) ? checks.body(media.schema)(value) : []
  if (wrong === undefined) return { value }
  return { value, note: `no example, and the generated body does not match its schema (${printable(wrong)})` }
}

function headerText(value: Json): string {
  return printable(typeof value === 'object' ? JSON.stringify(value) : String(value))
}

/** Text that a header may hold. */
function printable(text: string): string {
  return text.replace(/[^\x20-\x7e]/g, '?').slice(0, 200)
}
