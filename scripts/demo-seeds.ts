// Writes fixtures/demo/seeds: what each gateway of the demo and its ledger hold at the start, made from
// fixtures/demo/gateways, history.yaml and repository by the same code that reads, compares and records for real.
// Run it after a change there or of the ledger's form; a test says when that was forgotten.

import { createHash } from 'node:crypto'
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { load } from 'js-yaml'
import * as z from 'zod'
import { emptyLedger, type Ledger, ledgerText, withApplied } from '../src/ledger/ledger.ts'
import { type Entity, type RawEntity, refText } from '../src/model/entity.ts'
import { canonicalText, isObject, type Json, type JsonObject } from '../src/model/json.ts'
import { orThrow } from '../src/model/problem.ts'
import type { Schemas } from '../src/model/schema/schema.ts'
import { buildState } from '../src/model/state/build-state.ts'
import { entitiesOf } from '../src/model/state/state.ts'
import { connect } from '../src/providers/kong/connect.ts'
import { kinds } from '../src/providers/kong/kinds/index.ts'
import { readManifests } from '../src/providers/kong/manifest/index.ts'
import { routing } from '../src/providers/kong/routing.ts'
import type { Manifest } from '../src/providers/manifest.ts'
import { demoFixtures, secondsOf } from '../src/sandbox/demo/fixtures.ts'
import { type DemoCommit, readHistory } from '../src/sandbox/demo/history.ts'
import { demoGateways } from '../src/sandbox/demo/seeds.ts'
import { launchSandbox } from '../src/sandbox/index.ts'

const earlier = z.strictObject({ commit: z.number(), entities: z.array(z.string()) })
const edit = z.strictObject({
  age: z.string(),
  create: z.string().optional(),
  update: z.string().optional(),
  delete: z.string().optional(),
  fields: z.record(z.string(), z.json()).optional(),
})
const gatewayFile = z.strictObject({
  manifests: z.array(z.string()),
  synced: z.strictObject({ commit: z.number(), age: z.string(), by: z.string() }),
  /** What a person took out of the last sync, still as it was at an earlier commit. */
  left_out: earlier.optional(),
  /** What the last sync did not get to, still as it was at an earlier commit. */
  stopped_before: earlier.optional(),
  unreachable: z.boolean().optional(),
  /** What people did to the gateway by hand, by entity as `route payouts-list`. */
  edits: z.array(edit).optional(),
})
type GatewayFile = z.infer<typeof gatewayFile>

/** An entity as a commit has it. */
interface Known {
  readonly entity: Entity
  readonly fields: JsonObject
  /** The commits (from 1) that it came with and that last changed it. */
  readonly since: number
  readonly changed: number
}

type Snapshot = ReadonlyMap<string, Known>

/** Secrets stay what they are while seeds are made: the ledger leaves out what would need a key. */
const openly = {
  digest: (value: string) => value,
  resolve: (digest: string) => digest,
  ending: (value: string) => value,
}

/** The files of the seeds, by name. */
export async function demoSeeds(): Promise<ReadonlyMap<string, string>> {
  const commits = readHistory()
  const files = new Map<string, string>()
  await using sandbox = await launchSandbox({ gateways: [{ name: 'schemas' }] })
  const address = sandbox.gateways[0]?.adminUrl ?? ''
  const { signal } = new AbortController()
  const session = orThrow(
    await connect({ target: 'schemas', address, headers: {}, timeoutMs: 10_000 }, signal),
  )
  for (const name of demoGateways) {
    const text = readFileSync(join(demoFixtures(), 'gateways', `${name}.yaml`), 'utf8')
    const given = gatewayFile.parse(load(text))
    const manifests = commits.map(commit => manifestAt(commit, given))
    const raws = manifests.flatMap(manifest => manifest.entities)
    const plugins = raws.flatMap(({ kind, fields }) => (kind === 'plugin' ? [String(fields.name)] : []))
    const { schemas } = await session.schemas(
      [...new Set(raws.map(raw => raw.kind))],
      new Map([['plugin', new Set(plugins)]]),
      signal,
    )
    const snapshots = snapshotsOf(manifests, schemas)
    const seed = {
      ...(given.unreachable ? { unreachable: true } : {}),
      lists: listsOf(name, given, snapshots, commits),
    }
    files.set(`${name}.json`, seedText(seed))
    files.set(`${name}.ledger.json`, ledgerOf(name, given, snapshots))
  }
  await session[Symbol.asyncDispose]()
  return files
}

function manifestAt(commit: DemoCommit, given: GatewayFile): Manifest {
  const chosen = [...commit.files].filter(([path]) =>
    given.manifests.some(manifest => path === manifest || path.startsWith(`${manifest}/`)),
  )
  return orThrow(
    readManifests(
      chosen.map(([path, text]) => ({ path, text })),
      { env: {} },
    ),
  )
}

function snapshotsOf(manifests: readonly Manifest[], schemas: Schemas): readonly Snapshot[] {
  const snapshots: Snapshot[] = []
  for (const [i, manifest] of manifests.entries()) {
    const { state, problems } = buildState({
      kinds,
      routing,
      from: 'manifest',
      raws: manifest.entities,
      coverage: new Map(),
      schemas,
      secrets: openly,
      defaults: manifest.defaults,
      selectTags: manifest.selectTags,
    })
    if (problems.length > 0) throw new Error(problems.map(problem => problem.message).join('\n'))
    const raws = new Map(manifest.entities.map(raw => [raw.source, raw]))
    const snapshot = new Map<string, Known>()
    for (const entity of kinds.all.flatMap(({ kind }) => entitiesOf(state, kind))) {
      const name = refText(entity)
      const before = snapshots.at(-1)?.get(name)
      const same = before !== undefined && textOf(before.entity) === textOf(entity)
      const fields = givenFields(raws.get(entity.source), manifest, entity)
      const since = before?.since ?? i + 1
      snapshot.set(name, { entity, fields, since, changed: same ? before.changed : i + 1 })
    }
    snapshots.push(snapshot)
  }
  return snapshots
}

function textOf({ fields, refs }: Entity): string {
  return canonicalText({ fields, refs: Object.values(refs).map(refText) })
}

function givenFields(raw: RawEntity | undefined, manifest: Manifest, entity: Entity): JsonObject {
  const fields = { ...manifest.defaults[entity.kind], ...raw?.fields }
  return entity.tags.length > 0 ? { ...fields, tags: entity.tags } : fields
}

/** What was last applied of each entity: the synced commit, or an earlier one for what the sync did not take along. */
function applied(given: GatewayFile, snapshots: readonly Snapshot[]): Snapshot {
  const result = new Map(snapshots[given.synced.commit - 1])
  for (const held of [given.left_out, given.stopped_before]) {
    if (!held) continue
    const old = snapshots[held.commit - 1] ?? new Map<string, Known>()
    for (const pattern of held.entities) {
      const names = [...new Set([...result.keys(), ...old.keys()])].filter(name => fits(name, pattern))
      if (names.length === 0) throw new Error(`no entity is called ${pattern}`)
      for (const name of names) {
        const known = old.get(name)
        if (known) result.set(name, known)
        else result.delete(name)
      }
    }
  }
  return result
}

function fits(name: string, pattern: string): boolean {
  return pattern.endsWith('*') ? name.startsWith(pattern.slice(0, -1)) : name === pattern
}

function listsOf(
  gateway: string,
  given: GatewayFile,
  snapshots: readonly Snapshot[],
  commits: readonly DemoCommit[],
): Readonly<Record<string, readonly JsonObject[]>> {
  const live = new Map<string, Record<string, Json>>()
  const ageOf = (commit: number): number =>
    commit === given.synced.commit ? secondsOf(given.synced.age) : (commits[commit - 1]?.age ?? 0) - 300
  for (const [name, { entity, fields, since, changed }] of applied(given, snapshots)) {
    const foreign = Object.entries(entity.refs).map(([field, ref]) => [
      field,
      { id: idOf(gateway, refText(ref)) },
    ])
    const times = { created_at: ageOf(since), updated_at: ageOf(changed) }
    live.set(name, { id: idOf(gateway, name), ...fields, ...Object.fromEntries(foreign), ...times })
  }
  for (const each of given.edits ?? []) doEdit(gateway, live, each)
  const lists: Record<string, JsonObject[]> = {}
  for (const {
    kind,
    transport: { path },
  } of kinds.all) {
    const list = [...live].filter(([name]) => name.startsWith(`${kind} `)).map(([, fields]) => fields)
    if (list.length > 0) lists[path] = list
  }
  return lists
}

function doEdit(
  gateway: string,
  live: Map<string, Record<string, Json>>,
  change: z.infer<typeof edit>,
): void {
  const age = secondsOf(change.age)
  const name = change.create ?? change.update ?? change.delete ?? ''
  const entity = live.get(name)
  if ((entity === undefined) !== (change.create !== undefined))
    throw new Error(`the edit of ${name} does not fit`)
  if (change.delete !== undefined) {
    live.delete(name)
    return
  }
  const foreign = kinds.of(name.split(' ', 1)[0] ?? '')?.references.foreign ?? {}
  const start = entity ?? { id: idOf(gateway, name), created_at: age }
  const fields = Object.entries(change.fields ?? {}).map(([field, value]): [string, Json] => {
    const before = start[field]
    if (field in foreign && typeof value === 'string') return [field, { id: idOf(gateway, value) }]
    return [field, isObject(value) && isObject(before) ? { ...before, ...value } : value]
  })
  live.set(name, { ...start, ...Object.fromEntries(fields), updated_at: age })
}

/** An id that stays the same whenever seeds are made. */
function idOf(gateway: string, name: string): string {
  const hex = createHash('sha256').update(`${gateway} ${name}`).digest('hex')
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-4${hex.slice(13, 16)}-8${hex.slice(17, 20)}-${hex.slice(20, 32)}`
}

function ledgerOf(gateway: string, given: GatewayFile, snapshots: readonly Snapshot[]): string {
  const { commit, age, by } = given.synced
  const before = snapshots[(given.stopped_before?.commit ?? commit - 1) - 1] ?? new Map<string, Known>()
  const wanted = snapshots[commit - 1] ?? new Map<string, Known>()
  const moved = [...wanted]
    .filter(([name, { changed }]) => before.get(name)?.changed !== changed)
    .map(([name]) => name)
  const missing = given.stopped_before?.entities ?? []
  const done = moved.filter(name => !missing.some(pattern => fits(name, pattern))).length
  const at = `@ago:${secondsOf(age)}@`
  const lastSync = { at, by, done, total: moved.length }
  let ledger: Ledger = { ...emptyLedger(gateway, 'none'), whole: true, lastSync }
  for (const { entity, changed } of applied(given, snapshots).values()) {
    // The digest of an API key is its name in the ledger, and keys are made when the demo starts.
    if (entity.kind !== 'key-auth') ledger = withApplied(ledger, [entity], [], `@commit:${changed}@`)
  }
  return ledgerText(ledger)
}

/** One entity a line. */
function seedText(seed: { readonly lists: Readonly<Record<string, readonly JsonObject[]>> }): string {
  const { lists, ...rest } = seed
  const parts = Object.entries(lists).map(([path, list]) => {
    const lines = list.map(entity => `      ${JSON.stringify(entity)}`)
    return `    ${JSON.stringify(path)}: [\n${lines.join(',\n')}\n    ]`
  })
  const head = Object.entries(rest).map(
    ([name, value]) => `  ${JSON.stringify(name)}: ${JSON.stringify(value)},\n`,
  )
  return `{\n${head.join('')}  "lists": {\n${parts.join(',\n')}\n  }\n}\n`
}

if (import.meta.main) {
  const folder = join(demoFixtures(), 'seeds')
  mkdirSync(folder, { recursive: true })
  for (const [name, text] of await demoSeeds()) writeFileSync(join(folder, name), text)
}
