import * as z from 'zod'
import { fail, type Result, succeed } from '../../model/problem.ts'
import type { Connection, Session } from '../gateway.ts'
import { forbidden } from './answers.ts'
import type { KongPayload } from './compile.ts'
import { isProblem, openAdminApi } from './http.ts'
import { type SchemaKeys, SchemaReader } from './schema-reader.ts'
import { KongSession } from './session.ts'

const root = z.looseObject({
  version: z.string(),
  edition: z.string().optional(),
  plugins: z.looseObject({ available_on_server: z.record(z.string(), z.unknown()).optional() }).optional(),
  configuration: z
    .looseObject({ database: z.string().optional(), router_flavor: z.string().optional() })
    .optional(),
})

/** A session with a Kong that has a database. */
export async function openKong(
  connection: Connection,
  signal: AbortSignal,
): Promise<Result<Session<KongPayload>>> {
  const api = openAdminApi(connection)
  const answer = await api.get('/', signal)
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
  const words = ['Kong Gateway', version, parsed.data?.edition, parsed.data?.configuration?.database]
  const schemas = new SchemaReader(api, connection.target, schemaKeys(parsed.data))
  return succeed(
    new KongSession(api, connection.target, schemas, parsed.data?.edition, {
      description: words.filter(word => word !== undefined).join(' '),
      version,
      address: connection.address,
    }),
  )
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
