import { type Fault, readFaults } from '../faults/faults.ts'
import { type Pace, readPace } from '../faults/pace.ts'
import { type Flavour, flavours } from '../gateway/flavours.ts'
import { isObject, type Json, type JsonObject } from '../json.ts'

/** What the sandbox process is started with: one JSON line on its standard input. */
export interface SandboxConfiguration {
  readonly gateways: readonly GatewayConfiguration[]
  /** Folder with other schemas: `{kind}.json`, `plugins/{name}.json`. */
  readonly schemas?: string | undefined
  /** Port of the control server (0: a free one); it only runs if a gateway has `faults`. */
  readonly controlPort?: number | undefined
}

/** One gateway. Ports of 0 are chosen. */
export interface GatewayConfiguration {
  readonly name: string
  readonly adminPort?: number | undefined
  /** False for a gateway without a proxy. */
  readonly proxyPort?: number | false | undefined
  /**
   * Its initial entities: raw Admin API lists by path (`{"services": [...], "key-auths": [...]}`, ids and times are
   * kept), or requests that are made in order.
   */
  readonly seed?: SeedLists | readonly SeedRequest[] | undefined
  /** Without a database: it accepts `POST /config`, and refuses other writes. */
  readonly dbless?: boolean | undefined
  /** The flavour of its router; `traditional_compatible` unless given. Only that one has a proxy. */
  readonly routerFlavor?: Flavour | undefined
  /** Whether the control server may set faults and read the requests. */
  readonly faults?: boolean | undefined
  /** Faults that it has from the start, such as `[{"fault": "refused"}]` for a dead gateway. */
  readonly startWith?: readonly Fault[] | undefined
  /** Undefined: as fast as it can. `kong`: as fast as a real one. */
  readonly pace?: Pace | 'kong' | undefined
  /** A file that the state is read from at the start, if it is there, and written to at the end. */
  readonly stateFile?: string | undefined
}

/** Entities by Admin API path or by Kong's own name of the kind. */
export interface SeedLists {
  readonly [path: string]: readonly JsonObject[]
}

/** A request to the Admin API that brings an entity. */
export interface SeedRequest {
  /** POST by default. */
  readonly method?: string | undefined
  readonly path: string
  readonly body: JsonObject
}

/** What the process prints on its standard output once all gateways listen: one JSON line. */
export interface SandboxReady {
  readonly gateways: readonly {
    readonly name: string
    readonly adminUrl: string
    readonly proxyUrl: string | null
  }[]
  readonly controlUrl: string | null
}

/** The configuration is invalid; the message says where and why. */
export class ConfigurationError extends Error {}

const wrong = (where: string, what: string) => new ConfigurationError(`${where}: ${what}`)

function optional<T>(
  value: Json | undefined,
  read: (value: Json) => T | undefined,
  where: string,
  what: string,
): T | undefined {
  if (value === undefined || value === null) return undefined
  const found = read(value)
  if (found === undefined) throw wrong(where, `expected ${what}`)
  return found
}

const text = (value: Json) => (typeof value === 'string' ? value : undefined)
const flag = (value: Json) => (typeof value === 'boolean' ? value : undefined)
const port = (value: Json) =>
  typeof value === 'number' && Number.isInteger(value) && value >= 0 && value <= 65535 ? value : undefined

/** Reads the initial entities of a gateway; `where` names them in the error message. */
export function readSeed(value: Json, where: string): SeedLists | SeedRequest[] {
  if (Array.isArray(value)) {
    return value.map((part, i) => {
      const at = `${where}[${i}]`
      if (!isObject(part)) throw wrong(at, 'expected {"path": …, "body": …}')
      const { path, body } = part
      if (typeof path !== 'string' || !isObject(body)) throw wrong(at, 'expected {"path": …, "body": …}')
      return { method: optional(part.method, text, `${at}.method`, 'text'), path, body }
    })
  }
  if (!isObject(value)) throw wrong(where, 'expected lists by path, or a list of requests')
  const lists: Record<string, JsonObject[]> = {}
  for (const [path, list] of Object.entries(value)) {
    if (!Array.isArray(list)) throw wrong(`${where}.${path}`, 'expected a list')
    lists[path] = list.filter(isObject)
  }
  return lists
}

function readGateway(value: Json, where: string): GatewayConfiguration {
  if (!isObject(value)) throw wrong(where, 'expected an object')
  const name = value.name
  if (typeof name !== 'string' || name === '') throw wrong(`${where}.name`, 'expected a name')
  const at = (field: string) => `${where}.${field}`
  const seed = value.seed
  const faults = value.startWith
  const pace = value.pace
  const routerFlavor = optional(
    value.routerFlavor,
    text => flavours.find(flavour => flavour === text),
    at('routerFlavor'),
    flavours.join(', '),
  )
  if (routerFlavor !== undefined && routerFlavor !== flavours[0] && value.proxyPort !== false)
    throw wrong(at('proxyPort'), `expected false: no proxy answers as the flavour ${routerFlavor} does`)
  return {
    name,
    adminPort: optional(value.adminPort, port, at('adminPort'), 'a port'),
    proxyPort:
      value.proxyPort === false ? false : optional(value.proxyPort, port, at('proxyPort'), 'a port or false'),
    seed: seed === undefined || seed === null ? undefined : readSeed(seed, at('seed')),
    routerFlavor,
    dbless: optional(value.dbless, flag, at('dbless'), 'true or false'),
    faults: optional(value.faults, flag, at('faults'), 'true or false'),
    startWith:
      faults === undefined || faults === null ? undefined : orThrow(readFaults(faults), at('startWith')),
    pace: pace === undefined || pace === null ? undefined : orThrow(readPace(pace), at('pace')),
    stateFile: optional(value.stateFile, text, at('stateFile'), 'a path'),
  }
}

function orThrow<T>(result: T | { readonly wrong: string }, where: string): T {
  if (typeof result === 'object' && result !== null && 'wrong' in result) throw wrong(where, result.wrong)
  return result
}

/** Reads the configuration line. Throws a `ConfigurationError` that says what is wrong. */
export function readConfiguration(line: string): SandboxConfiguration {
  let parsed: Json
  try {
    parsed = JSON.parse(line)
  } catch (error) {
    throw wrong('configuration', error instanceof Error ? error.message : 'not JSON')
  }
  const gateways = isObject(parsed) ? parsed.gateways : undefined
  if (!isObject(parsed) || !Array.isArray(gateways))
    throw wrong('configuration', 'expected {"gateways": […]}')
  const read = gateways.map((gateway, i) => readGateway(gateway, `gateways[${i}]`))
  const names = read.map(({ name }) => name)
  const twice = names.find((name, i) => names.indexOf(name) !== i)
  if (twice !== undefined) throw wrong('gateways', `two have the name ${twice}`)
  return {
    gateways: read,
    schemas: optional(parsed.schemas, text, 'schemas', 'a path'),
    controlPort: optional(parsed.controlPort, port, 'controlPort', 'a port'),
  }
}
