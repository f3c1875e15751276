import { createHash } from 'node:crypto'
import type { Kind, RawEntity } from '../../../../model/entity.ts'
import { asString, isArray, isObject, type Json, type JsonObject } from '../../../../model/json.ts'
import type { Problem } from '../../../../model/problem.ts'
import { partProblem } from '../../../../model/problems/shared-faults.ts'
import type { Connection, ReadEvent, Scope } from '../../../session.ts'
import { kinds } from '../../kinds/index.ts'
import type { KongKind } from '../../kinds/kong-kind.ts'
import { type AdminAnswer, type AdminApi, isProblem } from '../connection/admin-api.ts'
import { forbidden, messageOf } from '../connection/answer-messages.ts'
import { Paging, ReadingBounds } from './paging.ts'

/** Kong's largest page: https://developer.konghq.com/api/gateway/admin-oss/ */
const pageSize = 1000

/** One page of a list. An empty Lua table may be written as {}. */
function readPage(
  body: Json | undefined,
): { readonly data: readonly JsonObject[]; readonly offset: string } | undefined {
  if (!isObject(body)) return undefined
  const { data, offset } = body
  if (isObject(data) && Object.keys(data).length === 0) return { data: [], offset: '' }
  if (!isArray(data) || !data.every(isObject)) return undefined
  return { data, offset: asString(offset) ?? '' }
}

/** Reads the lists of a gateway, all at once. */
export class ListReader {
  readonly #api: AdminApi
  readonly #connection: Connection
  readonly #edition: string | undefined

  constructor(api: AdminApi, connection: Connection, edition: string | undefined) {
    this.#api = api
    this.#connection = connection
    this.#edition = edition
  }

  async *read({ kinds: asked, digests = false }: Scope, signal: AbortSignal): AsyncIterable<ReadEvent> {
    const task: Task = { digests, bounds: new ReadingBounds(this.#connection), signal }
    const definitions: KongKind[] = []
    for (const definition of asked.flatMap(kind => kinds.of(kind) ?? [])) {
      if (this.#has(definition)) definitions.push(definition)
      else yield { type: 'absent', kind: definition.kind, reason: this.#notSupported(definition) }
    }
    const flat = definitions.filter(kind => kind.transport.listedUnder === undefined)
    const pending = new Map(
      flat.map(kind => [kind.kind, this.#readList(kind, `/${kind.transport.path}`, task)]),
    )
    for (const kind of definitions) {
      if (kind.transport.listedUnder === undefined) continue
      const parent = kind.references.foreign[kind.transport.listedUnder]?.kind
      const parents = parent === undefined ? undefined : pending.get(parent)
      if (parents) pending.set(kind.kind, this.#readBelow(kind, parents, task))
    }
    while (pending.size > 0) {
      const reading = await Promise.race(pending.values())
      pending.delete(reading.kind)
      for (const entity of reading.entities) yield { type: 'entity', entity }
      yield reading.gap
        ? { type: reading.gap.isAbsent ? 'absent' : 'gap', kind: reading.kind, reason: reading.gap.reason }
        : { type: 'complete', kind: reading.kind, digest: reading.digest }
    }
  }

  async #readList(
    kind: KongKind,
    path: string,
    { digests, bounds, signal }: Task,
    parent = '',
  ): Promise<Reading> {
    const entities: RawEntity[] = []
    const hash = digests ? createHash('sha256') : undefined
    const paging = new Paging(this.#connection, path)
    let offset = ''
    for (;;) {
      const answer = await this.#api.get(`${path}?size=${pageSize}${offset}`, signal)
      if (isProblem(answer)) return unread(kind.kind, answer)
      if (this.#isAbsent(answer, kind)) return absent(kind.kind, this.#notSupported(kind))
      const problem = this.#listProblem(answer, kind)
      if (problem) return unread(kind.kind, problem)
      const listed = readPage(answer.body)
      if (!listed) return unread(kind.kind, this.#notAList(kind))
      const beyond = bounds.add(answer.text)
      if (beyond) return unread(kind.kind, beyond)
      hash?.update(answer.text)
      for (const item of listed.data) {
        entities.push({
          kind: kind.kind,
          fields: kind.transport.fromList ? kind.transport.fromList(item, parent) : item,
        })
      }
      if (listed.offset === '') return { kind: kind.kind, entities, digest: hash?.digest('hex') }
      const endless = paging.follow(listed.offset)
      if (endless) return unread(kind.kind, endless)
      offset = `&offset=${encodeURIComponent(listed.offset)}`
    }
  }

  async #readBelow(kind: KongKind, reading: Promise<Reading>, task: Task): Promise<Reading> {
    const parents = await reading
    if (parents.gap) return { kind: kind.kind, entities: [], gap: parents.gap }
    const segment = kind.transport.writtenUnder?.segment ?? kind.transport.path
    const parentPath = kinds.of(parents.kind)?.transport.path ?? parents.kind
    const readings = await Promise.all(
      parents.entities.map(parent =>
        this.#readList(
          kind,
          `/${parentPath}/${String(parent.fields.id)}/${segment}`,
          task,
          String(parent.fields.id),
        ),
      ),
    )
    const gap = readings.find(each => each.gap)?.gap
    if (gap) return { kind: kind.kind, entities: [], gap }
    const digest = task.digests ? [parents, ...readings].map(each => each.digest).join(' ') : undefined
    return { kind: kind.kind, entities: readings.flatMap(each => each.entities), digest }
  }

  #isAbsent(answer: AdminAnswer, kind: KongKind): boolean {
    // Without WebAssembly, as by default, a gateway answers 400 where filter chains would be.
    const isOff = answer.status === 400 && messageOf(answer).includes('this endpoint is only available when')
    return (answer.status === 404 && !kind.transport.everywhere) || isOff
  }

  #listProblem(answer: AdminAnswer, kind: KongKind): Problem | undefined {
    if (answer.status === 200) return undefined
    if (answer.status === 403) return forbidden(this.#connection.target, kind.identity.plural)
    const after = ` was answered with ${answer.status}${messageOf(answer)}`
    return partProblem(
      { before: 'reading ', part: kind.identity.plural, after, parts: 'kinds' },
      { code: 'unreadable', target: this.#connection.target },
    )
  }

  /** Whether this edition may have a kind: what the open-source one lacks need not be asked for. */
  #has(kind: KongKind): boolean {
    return (
      kind.transport.edition === undefined ||
      (kind.transport.edition === 'enterprise' && this.#edition !== 'community')
    )
  }

  #notSupported(kind: KongKind): Problem {
    const who =
      kind.transport.edition === undefined
        ? ''
        : `, which only ${kind.transport.edition === 'konnect' ? 'Konnect' : 'Kong Enterprise'} has`
    return {
      code: 'not-supported',
      target: this.#connection.target,
      message: `this gateway has no ${kind.identity.plural.replaceAll('_', ' ')}${who}`,
    }
  }

  #notAList(kind: KongKind): Problem {
    return partProblem(
      { before: 'the answer to reading ', part: kind.identity.plural, after: ' is no list', parts: 'kinds' },
      {
        code: 'unreadable',
        target: this.#connection.target,
        hint: 'Check that the address is that of an Admin API.',
      },
    )
  }
}

/** One reading of lists: what it wants besides, and what they have in common. */
interface Task {
  readonly digests: boolean
  readonly bounds: ReadingBounds
  readonly signal: AbortSignal
}

interface Reading {
  readonly kind: Kind
  readonly entities: readonly RawEntity[]
  /** Of the answers, where asked for. */
  readonly digest?: string | undefined
  readonly gap?: Gap
}

/** Why there is no list: the gateway does not have the kind, or it could not be read. */
interface Gap {
  readonly isAbsent: boolean
  readonly reason: Problem
}

function unread(kind: Kind, reason: Problem): Reading {
  return { kind, entities: [], gap: { isAbsent: false, reason } }
}

function absent(kind: Kind, reason: Problem): Reading {
  return { kind, entities: [], gap: { isAbsent: true, reason } }
}
