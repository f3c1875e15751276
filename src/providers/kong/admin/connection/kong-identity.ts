import * as z from 'zod'
import type { Connection, RouterIdentity } from '../../../session.ts'
import { isModelledVersion } from '../../router/modelled.ts'
import type { SchemaKeys } from '../schemas/schema-reader.ts'
import { type AdminAnswer, type AdminApi, isProblem, type Unanswered } from './admin-api.ts'

/** What a Kong says of itself. */
export interface Introduction {
  readonly version: string
  readonly edition: string | undefined
  /** Without one it is written as a whole. */
  readonly hasDatabase: boolean
  readonly schemaKeys: SchemaKeys
  /** The flavour of its router, where it told that too. */
  readonly flavour: string | undefined
  /** What the flavour hangs on: it is set when a Kong starts. Undefined: not known. */
  readonly flavourKey: string | undefined
}

const status = z.looseObject({
  memory: z
    .looseObject({ workers_lua_vms: z.array(z.looseObject({ pid: z.number().optional() })).optional() })
    .optional(),
  database: z.looseObject({}).optional(),
  configuration_hash: z.string().optional(),
})

const root = z.looseObject({
  version: z.string(),
  edition: z.string().optional(),
  plugins: z.looseObject({ available_on_server: z.record(z.string(), z.unknown()).optional() }).optional(),
  configuration: z
    .looseObject({
      database: z.string().optional(),
      router_flavor: z.string().optional(),
      worker_consistency: z.string().optional(),
      worker_state_update_frequency: z.number().optional(),
    })
    .optional(),
})

/**
 * Asks a Kong what it is: by its status, whose answer is from a Kong by its `Server` header
 * (https://developer.konghq.com/gateway/configuration/#headers), and by its root only where that does not tell. To answer
 * with the root a Kong reads all of its plugins: 0.14 s for 3,600. The answer of the root comes back where nobody
 * introduced himself.
 */
export async function introduce(
  api: AdminApi,
  connection: Connection,
  signal: AbortSignal,
): Promise<Introduction | Unanswered | AdminAnswer> {
  if (connection.workspace === undefined) {
    const answer = await api.get('/status', signal)
    // A web page is perhaps what somebody put in the place of this one path.
    if (isProblem(answer) && answer.code !== 'not-admin-api') return answer
    const told = isProblem(answer) ? undefined : byStatus(answer, connection.address)
    if (told) return told
  }
  const answer = await rootAnswer(api, connection, signal)
  return isProblem(answer) ? answer : (byRoot(answer) ?? answer)
}

function byStatus({ status: code, server, body }: AdminAnswer, address: string): Introduction | undefined {
  const [, version] = /^kong\/(\S+)$/.exec(server ?? '') ?? []
  const parsed = status.safeParse(body)
  if (code !== 200 || version === undefined || !parsed.success) return undefined
  const { memory, database, configuration_hash } = parsed.data
  if (database === undefined && configuration_hash === undefined) return undefined
  const edition = version.includes('enterprise') ? 'enterprise' : 'community'
  const hasDatabase = configuration_hash === undefined
  const common = [version, hasDatabase]
  // Which plugins there are, and what a route may say, is set when a Kong starts: then it has other processes.
  const pids = (memory?.workers_lua_vms ?? []).flatMap(({ pid }) => pid ?? []).sort((a, b) => a - b)
  const schemaKeys: SchemaKeys = name => {
    if (name !== 'routes' && !name.startsWith('plugins/')) return JSON.stringify([...common, name])
    return pids.length === 0 ? undefined : JSON.stringify([...common, address, pids, name])
  }
  const flavourKey = pids.length === 0 ? undefined : JSON.stringify([...common, address, pids])
  return { version, edition, hasDatabase, schemaKeys, flavour: undefined, flavourKey }
}

/**
 * The root's answer. In a workspace it is at /kong (https://developer.konghq.com/api/gateway/admin-ee/), and at / where
 * what stands between passes on no more.
 */
async function rootAnswer(
  api: AdminApi,
  { workspace }: Connection,
  signal: AbortSignal,
): Promise<AdminAnswer | Unanswered> {
  const inside = workspace === undefined ? undefined : await api.get('/kong', signal)
  return inside === undefined || (!isProblem(inside) && inside.status === 404) ? api.get('/', signal) : inside
}

function byRoot({ body }: AdminAnswer): Introduction | undefined {
  const parsed = root.safeParse(body)
  if (!parsed.success) return undefined
  const { version, edition, plugins, configuration } = parsed.data
  const common = [version, edition, configuration?.router_flavor, configuration?.database]
  return {
    version,
    edition,
    hasDatabase: configuration?.database !== 'off',
    flavour: configuration?.router_flavor,
    flavourKey: undefined,
    schemaKeys(name) {
      const plugin = name.startsWith('plugins/')
        ? decodeURIComponent(name.slice('plugins/'.length))
        : undefined
      if (plugin === undefined) return JSON.stringify([...common, name])
      const pluginVersion = plugins?.available_on_server?.[plugin]
      return pluginVersion === undefined ? undefined : JSON.stringify([...common, name, pluginVersion])
    },
  }
}

/** Flavours by what they hang on: a sync opens several sessions with one gateway, and asks once. */
const knownFlavours = new Map<string, string>()

/**
 * What decides how a Kong answers requests. Its status does not tell the flavour of its router; its root does, which is
 * asked only where the model of the router hangs on nothing else.
 */
export async function routerIdentity(
  api: AdminApi,
  connection: Connection,
  { version, edition, flavour, flavourKey }: Omit<Introduction, 'hasDatabase' | 'schemaKeys'>,
  signal: AbortSignal,
): Promise<RouterIdentity> {
  const known = flavour ?? (flavourKey === undefined ? undefined : knownFlavours.get(flavourKey))
  const identity: RouterIdentity = { version, edition: edition ?? null, flavour: known ?? null }
  if (known !== undefined || !isModelledVersion(identity)) return identity
  const answer = await rootAnswer(api, connection, signal)
  if (isProblem(answer)) return { ...identity, untold: answer.message }
  const told = byRoot(answer)?.flavour
  if (told === undefined)
    return { ...identity, untold: `the root of its Admin API, ${answer.status}, does not say` }
  if (flavourKey !== undefined) knownFlavours.set(flavourKey, told)
  return { ...identity, flavour: told }
}

/** What `worker_state_update_frequency` is unless it is set, in milliseconds. */
const usualUpdateMs = 5_000

/**
 * How long the workers of a Kong take to act by what was written, in milliseconds, as its root tells
 * (https://developer.konghq.com/gateway/configuration/#worker_consistency). Where it does not, the usual time.
 */
export async function toldSettleMs(
  api: AdminApi,
  connection: Connection,
  signal: AbortSignal,
): Promise<number> {
  const answer = await rootAnswer(api, connection, signal)
  const parsed = isProblem(answer) ? undefined : root.safeParse(answer.body)
  const { worker_consistency, worker_state_update_frequency } = parsed?.data?.configuration ?? {}
  if (worker_consistency === 'strict') return 0
  return worker_state_update_frequency === undefined ? usualUpdateMs : worker_state_update_frequency * 1000
}
