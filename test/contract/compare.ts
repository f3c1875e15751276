import { load } from 'js-yaml'
import { isRecord } from './recordings.ts'

/**
 * Values that both sides make up themselves (ids, random keys, hashes that depend on them) may differ, but each
 * recorded one must always stand for the same one here, and the other way round.
 */
export class Bindings {
  readonly #there = new Map<string, string>()
  readonly #here = new Map<string, string>()

  /** What stands here for a recorded value. */
  get(recorded: string): string | undefined {
    return this.#there.get(recorded)
  }

  bind(recorded: string, here: string): boolean {
    const known = this.#there.get(recorded)
    if (known !== undefined) return known === here
    if (this.#here.has(here)) return false
    this.#there.set(recorded, here)
    this.#here.set(here, recorded)
    return true
  }

  /** Tries something out: what it binds is kept only where it succeeds. */
  attempt(compare: (bindings: Bindings) => boolean): boolean {
    const trial = new Bindings()
    for (const [there, here] of this.#there) trial.bind(there, here)
    if (!compare(trial)) return false
    for (const [there, here] of trial.#there) this.bind(there, here)
    return true
  }

  /** Text with its placeholders filled. */
  filled(text: string): string {
    return text.replace(/\{\{uuid\d+\}\}/g, placeholder => this.#there.get(placeholder) ?? placeholder)
  }
}

const uuid = '[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}'
const placeholders = /\{\{uuid\d+\}\}/g
/** Of version 4: those of version 5 are made from names and must be the same. */
const randomUuid = /^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[0-9a-f]{4}-[0-9a-f]{12}$/
const randomKey = /^[A-Za-z0-9]{32}$/
const sha1 = /^[0-9a-f]{40}$/
const timeFields = new Set(['created_at', 'updated_at', 'ttl'])

const escaped = (text: string) => text.replace(/[\\^$.*+?()[\]{}|]/g, '\\$&')

/** Addresses in memory are not what is compared. */
const steady = (text: string) => text.replace(/0x[0-9a-f]+/g, '0x')

const isFile = (text: string) => text.startsWith('_format_version:')

function sameText(recorded: string, here: string, bindings: Bindings): boolean {
  const found = recorded.match(placeholders)
  if (found !== null) {
    const form = new RegExp(`^${recorded.split(placeholders).map(escaped).join(`(${uuid})`)}$`)
    const values = form.exec(here)?.slice(1)
    return (
      values !== undefined && found.every((placeholder, i) => bindings.bind(placeholder, values[i] ?? ''))
    )
  }
  if (recorded === here) return true
  // Fields of a file stand in any order.
  if (isFile(recorded) && isFile(here)) return same(load(recorded), load(here), bindings)
  const madeUp = [randomUuid, randomKey, sha1].some(form => form.test(recorded) && form.test(here))
  if (madeUp) return bindings.bind(recorded, here)
  return steady(recorded) === steady(here)
}

const isMadeUp = (id: unknown) => typeof id === 'string' && (id.includes('{{') || randomUuid.test(id))
const hasMadeUpId = (value: unknown): boolean =>
  isRecord(value) && [value.id, value.entity_id].some(id => isMadeUp(id))

/** Candidates for a recorded element: one with the very same id goes first. */
const sameIdFirst = (recorded: unknown, candidates: readonly unknown[]): unknown[] => {
  const isSame = (candidate: unknown) =>
    isRecord(recorded) && isRecord(candidate) && candidate.id === recorded.id
  return [...candidates.filter(isSame), ...candidates.filter(candidate => !isSame(candidate))]
}

/** Lists are in the order of ids: where those are made up, any order will do. */
function sameList(recorded: readonly unknown[], here: readonly unknown[], bindings: Bindings): boolean {
  if (recorded.length !== here.length) return false
  if (!recorded.some(hasMadeUpId)) return recorded.every((part, i) => same(part, here[i], bindings))
  const left = new Set(here)
  return recorded.every(part => {
    const found = sameIdFirst(part, [...left]).find(candidate =>
      bindings.attempt(trial => same(part, candidate, trial)),
    )
    return found !== undefined && left.delete(found)
  })
}

/** Whether an answer says what was recorded, ids and times aside. */
export function same(recorded: unknown, here: unknown, bindings: Bindings): boolean {
  if (recorded === '{{time}}') return typeof here === 'number'
  if (typeof recorded === 'string' && typeof here === 'string') return sameText(recorded, here, bindings)
  if (Array.isArray(recorded)) return Array.isArray(here) && sameList(recorded, here, bindings)
  if (!isRecord(recorded) || !isRecord(here)) return recorded === here
  const names = Object.keys(recorded)
  if (names.length !== Object.keys(here).length) return false
  return names.every(name => {
    const there = recorded[name]
    if (randomUuid.test(name) && there !== here[name]) return sameUnderMadeUpName(name, there, here, bindings)
    const value = here[name]
    if (timeFields.has(name) && typeof there === 'number' && typeof value === 'number') return true
    return Object.hasOwn(here, name) && same(there, value, bindings)
  })
}

/** A field whose name is an id, as in the answer to `POST /config`. */
function sameUnderMadeUpName(
  name: string,
  recorded: unknown,
  here: Record<string, unknown>,
  bindings: Bindings,
): boolean {
  return Object.entries(here).some(([candidate, value]) =>
    bindings.attempt(trial => sameText(name, candidate, trial) && same(recorded, value, trial)),
  )
}
