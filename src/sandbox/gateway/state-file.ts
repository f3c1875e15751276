import { existsSync, readFileSync, renameSync, writeFileSync } from 'node:fs'
import { deckFile } from '../declarative/deck-file.ts'
import { listsIn } from '../declarative/ids.ts'
import { FileParser } from '../declarative/parse-file.ts'
import type { YamlReader } from '../declarative/yaml-reader.ts'
import { yamlText } from '../declarative/yaml-text.ts'
import { isObject, type JsonObject, parseJson } from '../json.ts'
import { luaLine } from '../lua-text.ts'
import { ConfigurationError, readSeed, type SeedLists, type SeedRequest } from '../process/configuration.ts'
import type { SchemaLibrary } from '../schema/compile/library.ts'
import type { Kind } from '../store/kinds.ts'
import { hashedPassword } from '../store/special-kinds.ts'
import type { GatewayState } from './gateway-state.ts'
import { savedLists } from './seed.ts'

const isYaml = (path: string) => /\.ya?ml$/.test(path)

/** Fields of decK's own that are not about entities. */
const deckOnly = ['_info', '_workspace', '_konnect', '_plugin_configs']

/** A password in clear is hashed; one that a gateway has hashed before stays. */
function hashPassword(entity: JsonObject): JsonObject {
  const { password, consumer } = entity
  if (typeof password !== 'string' || !isObject(consumer) || /^[0-9a-f]{40}$/.test(password)) return entity
  return { ...entity, password: hashedPassword(password, String(consumer.id)) }
}

/** decK names what an entity points to by text or by an object with its id or name; here it is text. */
function nameReferences(library: SchemaLibrary, kind: Kind, entity: JsonObject): void {
  for (const field of library.of(kind.name)?.fields ?? []) {
    const value = entity[field.name]
    if (field.reference === undefined || !isObject(value)) continue
    const name = value.id ?? value.name ?? value.username
    if (typeof name === 'string') entity[field.name] = name
  }
}

function fromDeck(path: string, text: string, library: SchemaLibrary, readYaml: YamlReader): SeedLists {
  const read = readYaml(text)
  if ('wrong' in read) throw new ConfigurationError(`${path}: ${read.wrong}`)
  if (!isObject(read.value)) throw new ConfigurationError(`${path}: expected an object`)
  const file: JsonObject = { ...read.value }
  for (const name of deckOnly) delete file[name]
  for (const [kind, list] of listsIn(file, undefined, library)) {
    for (const entity of list) nameReferences(library, kind, entity)
  }
  const parsed = new FileParser(library).parse(file)
  if ('violations' in parsed) throw new ConfigurationError(`${path}: ${luaLine(parsed.violations)}`)
  return Object.fromEntries(
    [...parsed.entities].map(([kind, entities]) => [kind.name, [...entities.values()].map(hashPassword)]),
  )
}

/**
 * The state in a file, undefined if there is none yet: lists by path as JSON, or a decK file, depending on its
 * extension. Throws a `ConfigurationError` that names the file.
 */
export function readStateFile(
  path: string,
  library: SchemaLibrary,
  readYaml: YamlReader | undefined,
): SeedLists | readonly SeedRequest[] | undefined {
  if (!existsSync(path)) return undefined
  const text = readFileSync(path, 'utf8')
  if (isYaml(path) && readYaml !== undefined) return fromDeck(path, text, library, readYaml)
  const parsed = parseJson(text)
  if (parsed === undefined) throw new ConfigurationError(`${path}: not JSON`)
  return readSeed(parsed, path)
}

/** Writes the state so that an interrupted write leaves the file unchanged. */
export function writeStateFile(path: string, state: GatewayState): void {
  const text = isYaml(path) ? yamlText(deckFile(state)) : `${JSON.stringify(savedLists(state))}\n`
  writeFileSync(`${path}.new`, text, { mode: 0o600 })
  renameSync(`${path}.new`, path)
}
