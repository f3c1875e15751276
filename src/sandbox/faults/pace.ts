import { isObject, type Json } from '../json.ts'

/** How long answers take. */
export interface Pace {
  /** What any request costs, in milliseconds. */
  readonly requestMs: number
  /** What each listed entity costs, in milliseconds. */
  readonly entityMs: number
  /** The median cost of a write, in milliseconds: most are quicker, a few take much longer. */
  readonly writeMs: number
  /** The same for a POST, for which a gateway need not first look up what exists. */
  readonly createMs: number
  /** How many writes go on at the same time. */
  readonly parallelWrites: number
}

/**
 * The pace of a real gateway with PostgreSQL: 10,800 entities listed in 0.5 s, about 1,000 of them written by PUT in a
 * second, or 1,500 by POST.
 */
export const kongPace: Pace = {
  requestMs: 0.6,
  entityMs: 0.046,
  writeMs: 3.2,
  createMs: 1.9,
  parallelWrites: 4,
}

/** Reads `"kong"` or a custom pace. */
export function readPace(value: Json): Pace | 'kong' | { readonly wrong: string } {
  if (value === 'kong') return 'kong'
  if (!isObject(value))
    return { wrong: 'expected "kong" or {"requestMs": …, "entityMs": …, "writeMs": …, "parallelWrites": …}' }
  const part = (name: string, otherwise: number): number => {
    const given = value[name]
    return typeof given === 'number' && given >= 0 ? given : otherwise
  }
  return {
    requestMs: part('requestMs', 0),
    entityMs: part('entityMs', 0),
    writeMs: part('writeMs', 0),
    createMs: part('createMs', part('writeMs', 0)),
    parallelWrites: Math.max(1, part('parallelWrites', 1)),
  }
}

/** Draws the duration of one write: log-normally distributed around the median, as in databases. */
export function writeTime(pace: Pace, method: string): number {
  const normal = Math.sqrt(-2 * Math.log(1 - Math.random())) * Math.cos(2 * Math.PI * Math.random())
  return (method === 'POST' ? pace.createMs : pace.writeMs) * Math.exp(0.35 * normal)
}
