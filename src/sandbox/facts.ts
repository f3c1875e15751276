import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { basename, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { isObject, type Json, type JsonObject } from './json.ts'
import { unlistedEntities } from './schema/compile/unlisted-entities.ts'

/** What is known about the Kong version that the sandbox imitates. */
export interface Facts {
  /** `GET /schemas/{kind}` for each kind of entity. */
  readonly entities: ReadonlyMap<string, JsonObject>
  /** `GET /schemas/plugins/{name}` for each plugin. */
  readonly plugins: ReadonlyMap<string, JsonObject>
  readonly version: string
  readonly edition: string
  readonly tagline: string
  readonly routerFlavor: string
  /** Names of the plugins in the order of `GET /plugins/enabled`. */
  readonly pluginOrder: readonly string[]
  /** Priority and version of each plugin. */
  readonly available: JsonObject
  readonly endpoints: readonly string[]
}

function read(file: string): JsonObject {
  const parsed: Json = JSON.parse(readFileSync(file, 'utf8'))
  if (!isObject(parsed)) throw new Error(`${file}: expected a JSON object`)
  return parsed
}

const objects = (values: JsonObject): Map<string, JsonObject> =>
  new Map(
    Object.entries(values).flatMap(([name, value]) => (isObject(value) ? [[name, value] as const] : [])),
  )

const text = (value: Json | undefined): string => (typeof value === 'string' ? value : '')
const texts = (value: Json | undefined): string[] =>
  Array.isArray(value) ? value.filter(part => typeof part === 'string') : []

/** The facts that come with the project: next to the sources, and next to the built program. */
function factsFolder(): string {
  const candidates = ['../../fixtures/kong-3.9.1/', '../fixtures/kong-3.9.1/']
  const folders = candidates.map(path => fileURLToPath(new URL(path, import.meta.url)))
  const found = folders.find(folder => existsSync(join(folder, 'gateway.json')))
  if (found === undefined) throw new Error(`no facts about Kong in ${folders.join(' or ')}`)
  return found
}

/** Reads a folder of schemas in the form that a gateway returns: `{kind}.json` and `plugins/{name}.json`. */
function schemasIn(folder: string): Map<string, JsonObject> {
  const files = readdirSync(folder).filter(file => file.endsWith('.json'))
  return new Map(files.map(file => [basename(file, '.json'), read(join(folder, file))]))
}

/**
 * The facts to answer with: those of the project, or with `schemas` a folder with other schemas. Kinds and plugins that
 * the folder lacks stay as the project knows them. Throws if a file is missing or isn't JSON.
 */
export function loadFacts(schemas?: string): Facts {
  const folder = factsFolder()
  const gateway = read(join(folder, 'gateway.json'))
  const entities = new Map([...unlistedEntities, ...objects(read(join(folder, 'entities.json')))])
  const plugins = objects(read(join(folder, 'plugins.json')))
  if (schemas !== undefined) {
    for (const [kind, schema] of schemasIn(schemas)) entities.set(kind, schema)
    const own = join(schemas, 'plugins')
    if (existsSync(own)) for (const [name, schema] of schemasIn(own)) plugins.set(name, schema)
  }
  const available = gateway.plugins
  return {
    entities,
    plugins,
    version: text(gateway.version),
    edition: text(gateway.edition),
    tagline: text(gateway.tagline),
    routerFlavor: text(gateway.router_flavor),
    pluginOrder: texts(gateway.loaded_plugins),
    available: isObject(available) ? available : {},
    endpoints: texts(gateway.endpoints),
  }
}
