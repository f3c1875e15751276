import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { basename, join } from 'node:path'
import { fileURLToPath } from 'node:url'

/** What lies beside the project: recordings of a real gateway, and decK. */
const shared = fileURLToPath(new URL('../../../shared/', import.meta.url))
const recordings = join(shared, 'golden', 'kong-3.9.1')

/** decK, the official client. */
export const deckPath = join(shared, 'deck', 'deck')

export const hasRecordings = existsSync(recordings)
export const hasDeck = hasRecordings && existsSync(deckPath)

if (!hasRecordings) process.stdout.write('contract: skipped, there are no recordings in ../shared\n')

export interface RecordedRequest {
  readonly method: string
  readonly path: string
  /** Text was sent as it stands, all else as JSON. */
  readonly body?: unknown
  readonly headers?: Readonly<Record<string, string>>
}

export interface RecordedResponse {
  readonly status: number
  readonly headers?: Readonly<Record<string, string>>
  readonly body?: unknown
}

export interface Exchange {
  readonly request: RecordedRequest
  readonly response: RecordedResponse
}

/** Exchanges in order, from an empty gateway on. */
export interface RecordedCase {
  readonly name: string
  readonly steps: readonly Exchange[]
}

const read = (path: string): unknown => JSON.parse(readFileSync(path, 'utf8'))

export const isRecord = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value)

const isExchange = (value: unknown): value is Exchange =>
  isRecord(value) && isRecord(value.request) && isRecord(value.response)

function cases(value: unknown): RecordedCase[] {
  if (!Array.isArray(value)) throw new Error('expected a list of cases')
  if (value.every(isExchange)) return [{ name: 'in order', steps: value }]
  return value.map((one: unknown) => {
    if (!isRecord(one) || !Array.isArray(one.steps)) throw new Error('expected a case with steps')
    return { name: String(one.name), steps: one.steps.filter(isExchange) }
  })
}

/** The topics of `cases/`. */
export const topics: readonly string[] = hasRecordings
  ? readdirSync(join(recordings, 'cases')).map(file => basename(file, '.json'))
  : []

/** The cases of one topic; `dbless` is a gateway without a database. */
export function recordedCases(topic: string): RecordedCase[] {
  return cases(
    read(
      topic === 'dbless'
        ? join(recordings, 'dbless', 'config.json')
        : join(recordings, 'cases', `${topic}.json`),
    ),
  )
}

/** Recordings with a file each: file names without their ending, and what is in them. */
export function recordedSyncs(
  folder: 'pairs' | 'deck-cases' | 'router',
): { readonly name: string; readonly recording: Record<string, unknown> }[] {
  if (!hasRecordings) return []
  return readdirSync(join(recordings, folder))
    .sort()
    .map(file => {
      const recording = read(join(recordings, folder, file))
      if (!isRecord(recording)) throw new Error(`${file}: expected an object`)
      return { name: basename(file, '.json'), recording }
    })
}
