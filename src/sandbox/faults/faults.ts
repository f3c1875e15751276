import { isObject, type Json } from '../json.ts'
import { kinds } from '../store/kinds.ts'

/**
 * What goes wrong with requests to the Admin API:
 * `refused` nothing listens; `reset` the connection breaks before an answer; `half` it breaks in the middle of the
 * answer; `slow` the answer comes late or trickles; `status` another answer comes (429, 401, 403, 500 …) and nothing
 * is done; `html` a page instead of JSON; `lost` it is done, but the connection breaks before the answer;
 * `database` the gateway is there, its database is not.
 */
export const faultNames = ['refused', 'reset', 'half', 'slow', 'status', 'html', 'lost', 'database'] as const
export type FaultName = (typeof faultNames)[number]

/** One fault, and the requests that it affects: all, by default. */
export interface Fault {
  readonly fault: FaultName
  /** `status`: the answer's status. */
  readonly status?: number | undefined
  /** `status`: the `Retry-After` header, in seconds. */
  readonly retryAfter?: number | undefined
  /** `slow`: how long the answer waits. */
  readonly delayMs?: number | undefined
  /** `slow`: how fast the body comes. */
  readonly bytesPerSecond?: number | undefined
  readonly methods?: readonly string[] | undefined
  /** Kinds of entities, by path or name: affects requests whose path contains them. */
  readonly kinds?: readonly string[] | undefined
  /** How many such requests go well before. */
  readonly after?: number | undefined
  /** How many requests it affects; after that everything works. */
  readonly times?: number | undefined
}

const isFaultName = (value: Json | undefined): value is FaultName => faultNames.some(name => name === value)

const numbers = ['status', 'retryAfter', 'delayMs', 'bytesPerSecond', 'after', 'times'] as const
const lists = ['methods', 'kinds'] as const

function readFault(value: Json): Fault | { readonly wrong: string } {
  if (!isObject(value)) return { wrong: 'expected {"fault": …}' }
  const { fault } = value
  if (!isFaultName(fault)) return { wrong: `expected "fault" to be one of ${faultNames.join(', ')}` }
  const read: { -readonly [name in (typeof numbers)[number]]?: number } = {}
  for (const name of numbers) {
    const part = value[name]
    if (part === undefined || part === null) continue
    if (typeof part !== 'number' || part < 0) return { wrong: `${name}: expected a number` }
    read[name] = part
  }
  const texts: { -readonly [name in (typeof lists)[number]]?: string[] } = {}
  for (const name of lists) {
    const part = value[name]
    if (part === undefined || part === null) continue
    if (!Array.isArray(part) || !part.every(word => typeof word === 'string'))
      return { wrong: `${name}: expected texts` }
    texts[name] = part
  }
  const unknown = Object.keys(value).find(
    name => ![...numbers, ...lists, 'fault'].some(known => known === name),
  )
  if (unknown !== undefined) return { wrong: `${unknown}: unknown` }
  if (read.status !== undefined && (read.status < 200 || read.status > 599))
    return { wrong: 'status: expected 200 to 599' }
  return { fault, ...read, ...texts }
}

/** Reads a list of faults. */
export function readFaults(value: Json): Fault[] | { readonly wrong: string } {
  if (!Array.isArray(value)) return { wrong: 'expected a list of faults' }
  const faults: Fault[] = []
  for (const part of value) {
    const fault = readFault(part)
    if ('wrong' in fault) return fault
    faults.push(fault)
  }
  return faults
}

/** The faults that a gateway has now, with a count of the requests that they affected. */
export class Faults {
  #faults: readonly { readonly fault: Fault; seen: number }[] = []

  set(faults: readonly Fault[]): void {
    this.#faults = faults.map(fault => ({ fault, seen: 0 }))
  }

  get all(): readonly Fault[] {
    return this.#faults.map(({ fault }) => fault)
  }

  /** Whether nothing listens. */
  get isRefused(): boolean {
    return this.#faults.some(({ fault }) => fault.fault === 'refused')
  }

  /** Whether the database is gone. */
  get isWithoutDatabase(): boolean {
    return this.#faults.some(({ fault }) => fault.fault === 'database')
  }

  /** The fault that befalls this request, and counts it. */
  next(method: string, segments: readonly string[]): Fault | undefined {
    for (const entry of this.#faults) {
      if (!befalls(entry.fault, method, segments)) continue
      entry.seen++
      const { after = 0, times = Number.POSITIVE_INFINITY } = entry.fault
      if (entry.seen > after && entry.seen <= after + times) return entry.fault
    }
    return undefined
  }
}

function befalls(fault: Fault, method: string, segments: readonly string[]): boolean {
  if (fault.fault === 'refused') return false
  if (fault.methods !== undefined && !fault.methods.includes(method)) return false
  if (fault.kinds === undefined) return true
  return fault.kinds.some(name => {
    const kind = kinds.find(one => one.name === name || one.path === name)
    const paths = kind === undefined ? [name] : [kind.path, kind.nestedPath]
    return segments.some(segment => paths.includes(segment))
  })
}
