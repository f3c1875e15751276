import * as z from 'zod'
import { fail, type Problem, type Result, succeed } from '../../model/problem.ts'
import type { Connection, TargetIdentity } from '../gateway.ts'
import { forbidden } from './answers.ts'
import { type AdminApi, type Answer, isProblem, openAdminApi } from './http.ts'
import { type SchemaKeys, SchemaReader } from './schema-reader.ts'

const root = z.looseObject({
  version: z.string(),
  edition: z.string().optional(),
  plugins: z.looseObject({ available_on_server: z.record(z.string(), z.unknown()).optional() }).optional(),
  configuration: z
    .looseObject({ database: z.string().optional(), router_flavor: z.string().optional() })
    .optional(),
})

/** A Kong that answered, and what it says of itself. */
export interface ReachedKong {
  readonly api: AdminApi
  readonly connection: Connection
  readonly target: string
  readonly schemas: SchemaReader
  readonly edition: string | undefined
  /** As `postgres`; `off`: it has none, and is written as a whole. */
  readonly database: string | undefined
  readonly identity: TargetIdentity
}

/** Asks a Kong what it is. */
export async function reachKong(connection: Connection, signal: AbortSignal): Promise<Result<ReachedKong>> {
  const api = openAdminApi(connection)
  const answer = await rootAnswer(api, connection, signal)
  if (isProblem(answer)) return fail([answer])
  if (answer.status === 403) return fail([forbidden(connection.target, 'the root of the Admin API')])
  if (answer.status === 404 && connection.workspace !== undefined) {
    return fail([
      {
        code: 'no-workspace',
        target: connection.target,
        message: `${connection.address} has no workspace ${connection.workspace}`,
        hint: 'Correct the name, or create it first; an open-source gateway has no workspaces.',
      },
    ])
  }
  const parsed = root.safeParse(answer.body)
  if (!parsed.success && answer.status === 200) {
    return fail([
      {
        code: 'not-admin-api',
        target: connection.target,
        message: `${connection.address} answers JSON, but not as Kong's Admin API does`,
        hint: 'Check the address: the proxy listens on another port.',
      },
    ])
  }
  const version = parsed.data?.version ?? 'unknown'
  const edition = parsed.data?.edition
  const database = parsed.data?.configuration?.database
  const words = ['Kong Gateway', version, edition, database === 'off' ? 'without a database' : database]
  return succeed({
    api,
    connection,
    target: connection.target,
    schemas: new SchemaReader(api, connection.target, schemaKeys(parsed.data)),
    edition,
    database,
    identity: {
      description: words.filter(word => word !== undefined).join(' '),
      version,
      address: connection.address,
    },
  })
}

/**
 * What a gateway says of itself. In a workspace that is at /kong (https://developer.konghq.com/api/gateway/admin-ee/), and
 * at / where what stands between passes on no more.
 */
async function rootAnswer(
  api: AdminApi,
  { workspace }: Connection,
  signal: AbortSignal,
): Promise<Answer | Problem> {
  const inside = workspace === undefined ? undefined : await api.get('/kong', signal)
  return inside === undefined || (!isProblem(inside) && inside.status === 404) ? api.get('/', signal) : inside
}

function schemaKeys(gateway: z.infer<typeof root> | undefined): SchemaKeys {
  if (!gateway) return () => undefined
  const common = [
    gateway.version,
    gateway.edition,
    gateway.configuration?.router_flavor,
    gateway.configuration?.database,
  ]
  const plugins = gateway.plugins?.available_on_server ?? {}
  return name => {
    const plugin = name.startsWith('plugins/') ? decodeURIComponent(name.slice('plugins/'.length)) : undefined
    if (plugin === undefined) return JSON.stringify([...common, name])
    const version = plugins[plugin]
    return version === undefined ? undefined : JSON.stringify([...common, name, version])
  }
}
