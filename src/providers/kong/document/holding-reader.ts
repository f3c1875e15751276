import type { Kind, RawEntity } from '../../../model/entity.ts'
import { asString, equalJson, isArray, isObject, type Json, type JsonObject } from '../../../model/json.ts'
import { fail, type Problem, type Result, succeed } from '../../../model/problem.ts'
import { parseYaml } from '../../../yaml/index.ts'
import { type AdminApi, isProblem } from '../admin/connection/admin-api.ts'
import { forbidden } from '../admin/connection/answer-messages.ts'
import type { ListReader } from '../admin/reading/list-reader.ts'
import { kinds } from '../kinds/index.ts'
import type { Holding } from './document.ts'

/** A holding, and the text of the export that it was read with. */
export interface HoldingReading extends Holding {
  readonly exported: string
}

/** How often reading starts again where the gateway got another configuration in between. */
const tries = 4

/**
 * Reads all that a gateway holds at one moment. The lists have the exact values; the export has the entities that
 * gatewatch does not know, and tells whether the lists are of one moment.
 */
export class HoldingReader {
  readonly #api: AdminApi
  readonly #target: string
  readonly #lists: ListReader

  constructor(api: AdminApi, target: string, lists: ListReader) {
    this.#api = api
    this.#target = target
    this.#lists = lists
  }

  async read(signal: AbortSignal): Promise<Result<HoldingReading>> {
    for (let attempt = 1; ; attempt++) {
      const exported = await this.export(signal)
      if (!exported.ok) return exported
      const lists = await this.#readLists(signal)
      if (!lists.ok) return lists
      const sections = this.#sectionsOf(exported.value)
      if (!sections.ok) return sections
      const { raws, complete } = lists.value
      const other = firstDifference(sections.value, raws, complete)
      if (other === undefined) {
        const known = new Set([...complete].map(kind => kinds.of(kind)?.transport.schema))
        const others = Object.entries(sections.value).filter(([name]) => !known.has(name))
        return succeed({ raws, others: Object.fromEntries(others), exported: exported.value })
      }
      const again = await this.export(signal)
      if (!again.ok) return again
      if (this.sameExports(exported.value, again.value)) return fail([this.#unreadable(disagreement(other))])
      if (attempt >= tries || signal.aborted) return fail([this.moved(`others change ${other}`)])
    }
  }

  /** The gateway's own export: `GET /config`. */
  async export(signal: AbortSignal): Promise<Result<string>> {
    const answer = await this.#api.get('/config', signal)
    if (isProblem(answer)) return fail([answer])
    if (answer.status === 403) return fail([forbidden(this.#target, 'the whole configuration, /config,')])
    const { body } = answer
    const text = isObject(body) ? asString(body.config) : undefined
    if (answer.status === 200 && text !== undefined) return succeed(text)
    return fail([this.#unreadable(`reading /config was answered with ${answer.status}`)])
  }

  /** Whether two exports are of the same content: what counts down aside. */
  sameExports(a: string, b: string): boolean {
    if (a === b) return true
    const before = this.#sectionsOf(a)
    const after = this.#sectionsOf(b)
    return before.ok && after.ok && equalJson(withoutCounters(before.value), withoutCounters(after.value))
  }

  moved(what: string): Problem {
    return {
      code: 'moved',
      target: this.#target,
      message: `the gateway got another configuration while it was read: ${what}; nothing was written`,
      hint: 'See who else writes to it, and sync again.',
    }
  }

  async #readLists(
    signal: AbortSignal,
  ): Promise<Result<{ readonly raws: readonly RawEntity[]; readonly complete: ReadonlySet<Kind> }>> {
    const raws: RawEntity[] = []
    const complete = new Set<Kind>()
    const gaps: Problem[] = []
    for await (const event of this.#lists.read({ kinds: kinds.all.map(({ kind }) => kind) }, signal)) {
      if (event.type === 'entity') raws.push(event.entity)
      else if (event.type === 'complete') complete.add(event.kind)
      else if (event.type === 'gap') gaps.push(event.reason)
    }
    return gaps.length > 0 ? fail(gaps) : succeed({ raws, complete })
  }

  #sectionsOf(exported: string): Result<JsonObject> {
    const parsed = parseYaml(exported, { placeAt: () => ({ file: '/config', line: 1, column: 1 }) })
    const value = parsed.ok ? parsed.value.value : undefined
    if (!isObject(value)) return fail([this.#unreadable('the answer to reading /config is no configuration')])
    const { _format_version: version, _transform: transform, ...sections } = value
    if (version === '3.0' && transform === false) return succeed(sections)
    return fail([
      this.#unreadable(
        'the answer to reading /config is in a form that gatewatch does not know how to write back',
      ),
    ])
  }

  #unreadable(message: string): Problem {
    return {
      code: 'unreadable',
      target: this.#target,
      message,
      hint: 'Check that this is the Admin API of a Kong 3 without a database.',
    }
  }
}

function disagreement(what: string): string {
  return `its export, /config, has other entities than the list of ${what}, so it can’t be written as a whole`
}

/** The first kind of which the export has other entities than its list. */
function firstDifference(
  sections: JsonObject,
  raws: readonly RawEntity[],
  complete: ReadonlySet<Kind>,
): string | undefined {
  const listed = Map.groupBy(raws, raw => raw.kind)
  for (const kind of complete) {
    const definition = kinds.of(kind)
    if (!definition || definition.transport.addressedBy) continue
    const here = idsOf((listed.get(kind) ?? []).map(raw => raw.fields))
    const section = sections[definition.transport.schema]
    const there = idsOf(isArray(section) ? section : [])
    if (here.length !== there.length || here.some((id, i) => id !== there[i]))
      return `its ${definition.identity.plural.replaceAll('_', ' ')}`
  }
  return undefined
}

function idsOf(items: readonly Json[]): readonly string[] {
  return items.map(item => (isObject(item) ? String(item.id) : '')).sort()
}

/** Seconds that are left to an entity count down while nothing is written. */
function withoutCounters(sections: JsonObject): JsonObject {
  return Object.fromEntries(
    Object.entries(sections).map(([name, list]) => [name, isArray(list) ? list.map(withoutTtl) : list]),
  )
}

function withoutTtl(item: Json): Json {
  if (!isObject(item)) return item
  const { ttl: _, ...rest } = item
  return rest
}
