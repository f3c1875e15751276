import { createHash } from 'node:crypto'
import { readdir, readFile, rm, writeFile } from 'node:fs/promises'
import { join, resolve } from 'node:path'
import { fileURLToPath, pathToFileURL } from 'node:url'
import * as z from 'zod'
import type { RawEntity } from '../../src/model/entity.ts'
import { isArray, isObject, type JsonObject } from '../../src/model/json.ts'
import { fail, type Result, succeed } from '../../src/model/problem.ts'
import {
  identifyByName,
  type KindDefinition,
  type KindReferences,
} from '../../src/model/schema/kind-definition.ts'
import { Kinds } from '../../src/model/schema/kinds.ts'
import type { FieldSchema, Schemas } from '../../src/model/schema/schema.ts'
import { entitiesOf, entityAt } from '../../src/model/state/state.ts'
import type { Manifest, ManifestFile } from '../../src/providers/manifest.ts'
import type { Provider } from '../../src/providers/provider.ts'
import type { Compile, Session, Step } from '../../src/providers/session.ts'
import type { Change } from '../../src/reconcile/drift/drift.ts'
import { Lines, parseYaml } from '../../src/yaml/index.ts'

/** A gateway that is a folder with a JSON file for each entity; its manifests are JSON files that list entities. */
export const jsonFolder: Provider = {
  name: 'folder',
  config: {
    description: 'A folder of JSON files.',
    schema: z.strictObject({ path: z.string() }),
    read(given, folder) {
      const address = pathToFileURL(resolve(folder, z.object({ path: z.string() }).parse(given).path)).href
      return {
        address,
        checksCertificate: true,
        isFree: true,
        sending: () => ({ address, headers: [], checksCertificate: true }),
        connection: ({ name }) => succeed({ target: name, address, headers: {}, timeoutMs: 1000 }),
      }
    },
  },
  kinds: new Kinds([
    kindOf('api', 'apis', 1, {}),
    kindOf('quota', 'quotas', 2, { api: { kind: 'api', onDelete: 'refuse' } }),
  ]),
  manifests: {
    extensions: ['.json'],
    async load(paths) {
      return succeed(
        await Promise.all(paths.map(async path => ({ path, text: await readFile(path, 'utf8') }))),
      )
    },
    read: files => manifestOf(files),
    readSliced: async files => manifestOf(files),
    of: raws => ({ entities: raws.map(({ kind, fields }) => ({ kind, ...fields })) }),
    inWorkspace: manifest => manifest,
    merged: manifests => Object.assign({}, ...manifests),
    yaml: manifest => JSON.stringify(manifest),
    json: manifest => JSON.stringify(manifest),
    nothing: () => JSON.stringify({ entities: [] }),
    split: manifest => new Map([['entities.json', manifest]]),
    example: document => ({ path: 'example.json', text: JSON.stringify(document) }),
  },
  schemasFrom: 'the schemas of a folder',
  schemasWithoutGateway: () => schemas,
  connect: async ({ address }) => succeed(new FolderSession(address)),
  apis: state =>
    entitiesOf(state, 'api').map(entity => ({
      entity,
      service: entity.key,
      route: null,
      hosts: [],
      paths: [],
      methods: [],
      expression: null,
      protocols: [],
      tags: entity.tags,
      enabled: null,
    })),
  notModelled: () => null,
}

function kindOf(
  kind: string,
  plural: string,
  level: 1 | 2,
  foreign: KindReferences['foreign'],
): KindDefinition {
  const identity = { plural, unique: [['name']], identify: identifyByName('name') }
  return { kind, identity, references: { level, foreign }, fields: { tagged: true } }
}

const field = (type: FieldSchema['type'], rest: Partial<FieldSchema> = {}): FieldSchema => {
  return { type, required: false, auto: false, secret: false, ...rest }
}

const common = [['name', field('string')] as const, ['tags', field('set')] as const]

const schemas: Schemas = new Map([
  ['api', { record: { fields: new Map([...common, ['url', field('string')]]), shorthands: new Map() } }],
  [
    'quota',
    {
      record: {
        fields: new Map([...common, ['per_minute', field('integer', { default: 60 })]]),
        shorthands: new Map(),
      },
    },
  ],
])

function manifestOf(files: readonly ManifestFile[]): Result<Manifest> {
  const entities: RawEntity[] = []
  for (const { path, text } of files) {
    const lines = new Lines(path, text)
    const parsed = parseYaml(text, { placeAt: offset => lines.at(offset) })
    if (!parsed.ok) return parsed
    const { value: document } = parsed
    const list = isObject(document.value) ? document.value.entities : undefined
    if (!isArray(list)) return fail([{ code: 'wrong-type', message: `${path} lists no entities` }])
    for (const item of list.filter(isObject)) {
      const { kind, ...fields } = item
      const place = (at?: string) => document.place(item, at)
      entities.push({ kind: String(kind), fields, source: { file: path, place } })
    }
  }
  const none = { selectTags: [], defaults: {}, defaultVariables: {}, lookupTags: {}, warnings: [] }
  return succeed({ ...none, entities, files: files.map(({ path }) => path) })
}

class FolderSession implements Session {
  readonly identity
  readonly capabilities = { write: 'entity', attribution: 'none', settles: 'now' } as const
  readonly #folder: string

  constructor(address: string) {
    this.identity = { description: 'folder of JSON files', version: '1', address }
    this.#folder = fileURLToPath(address)
  }

  readonly compile: Compile = (changes, desired, live, _schemas, newId) => {
    const step = (change: Change): Step => {
      const id = entityAt(live, change)?.id ?? newId(change)
      const wanted = change.operation === 'delete' ? undefined : entityAt(desired, change)
      const refs = Object.entries(wanted?.refs ?? {}).map(([name, { key }]) => [name, key] as const)
      const body = wanted ? { id, ...wanted.fields, ...Object.fromEntries(refs) } : null
      const file = `${change.kind}.${id}.json`
      const order = change.operation === 'delete' ? 9 - levelOf(change.kind) : levelOf(change.kind)
      const rest = { covers: [change.id], cascades: [], secrets: [], repeatable: true, order }
      return {
        id: change.id,
        payload: { file, body },
        preview: `${body ? 'write' : 'remove'} ${file}`,
        ...rest,
      }
    }
    return succeed(changes.map(step))
  }

  async router() {
    return { version: '1', edition: null, flavour: null }
  }

  async schemas() {
    return { schemas, gaps: new Map() }
  }

  async *read({ kinds }: Parameters<Session['read']>[0]): ReturnType<Session['read']> {
    const names = (await readdir(this.#folder)).sort()
    for (const kind of kinds) {
      const digest = createHash('sha256')
      for (const name of names.filter(each => each.startsWith(`${kind}.`))) {
        const text = await readFile(join(this.#folder, name), 'utf8')
        digest.update(text)
        yield {
          type: 'entity',
          entity: { kind, fields: z.record(z.string(), z.json()).parse(JSON.parse(text)) },
        }
      }
      yield { type: 'complete', kind, digest: digest.digest('hex') }
    }
  }

  async validate() {
    return succeed([])
  }

  async current({ payload }: Step) {
    const text = await readFile(join(this.#folder, String(payload.file)), 'utf8').catch(() => null)
    if (text === null) return succeed([])
    const fields: JsonObject = z.record(z.string(), z.json()).parse(JSON.parse(text))
    return succeed([{ kind: String(payload.file).split('.', 1)[0] ?? '', fields }])
  }

  async execute({ payload: { file, body } }: Step) {
    const path = join(this.#folder, String(file))
    await (body === null ? rm(path) : writeFile(path, JSON.stringify(body)))
    return { type: 'applied' } as const
  }

  async [Symbol.asyncDispose]() {}
}

function levelOf(kind: string): number {
  return jsonFolder.kinds.of(kind)?.references.level ?? 1
}
