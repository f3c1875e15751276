import { fail, type Result, succeed } from '../../../../model/problem.ts'
import type { Connection, RouterIdentity, TargetIdentity } from '../../../session.ts'
import { SchemaReader } from '../schemas/schema-reader.ts'
import { type AdminApi, isProblem, openAdminApi } from './admin-api.ts'
import { forbidden } from './answer-messages.ts'
import { type Introduction, introduce, routerIdentity, toldSettleMs } from './kong-identity.ts'

/** A Kong that answered, and what it says of itself. */
export interface ReachedKong {
  readonly api: AdminApi
  readonly connection: Connection
  readonly target: string
  readonly schemas: SchemaReader
  readonly edition: string | undefined
  /** Without one it is written as a whole. */
  readonly hasDatabase: boolean
  readonly identity: TargetIdentity
  readonly router: (signal: AbortSignal) => Promise<RouterIdentity>
  /** How long what protects is given to take effect before routes are opened, in milliseconds. */
  readonly settleMs: (signal: AbortSignal) => Promise<number>
}

/** The version of a Kong that does not tell it. */
const unknownVersion = 'unknown'

/** What is known of a Kong behind something that hides both its status and its root. */
const silent: Introduction = {
  version: unknownVersion,
  edition: undefined,
  hasDatabase: true,
  schemaKeys: () => undefined,
  flavour: undefined,
  flavourKey: undefined,
}

/** Asks a Kong what it is. */
export async function reachKong(connection: Connection, signal: AbortSignal): Promise<Result<ReachedKong>> {
  const api = openAdminApi(connection)
  const { target, address } = connection
  const told = await introduce(api, connection, signal)
  if ('version' in told) return succeed(reached(told))
  if (isProblem(told)) return fail([told])
  if (told.status === 403) return fail([forbidden(target, 'the root of the Admin API')])
  if (told.status === 404 && connection.workspace !== undefined) {
    return fail([
      {
        code: 'no-workspace',
        target,
        message: `${address} has no workspace ${connection.workspace}`,
        hint: 'Correct the name, or create it first; an open-source gateway has no workspaces.',
      },
    ])
  }
  if (told.status === 200) {
    return fail([
      {
        code: 'not-admin-api',
        target,
        message: `${address} answers JSON, but not as Kong's Admin API does`,
        hint: 'Check the address: the proxy listens on another port.',
      },
    ])
  }
  return succeed(reached(silent))

  function reached(introduction: Introduction): ReachedKong {
    const { version, edition, hasDatabase, schemaKeys } = introduction
    const words = ['Kong Gateway', version, edition, hasDatabase ? undefined : 'without a database']
    return {
      api,
      connection,
      target,
      schemas: new SchemaReader(api, target, schemaKeys),
      edition,
      hasDatabase,
      router: asked => routerIdentity(api, connection, introduction, asked),
      settleMs: async asked => {
        const { settle = 0 } = connection
        return settle === 'as told' ? toldSettleMs(api, connection, asked) : settle
      },
      identity: {
        description: words.filter(word => word !== undefined).join(' '),
        version,
        address,
        ...(connection.workspace === undefined ? {} : { workspace: connection.workspace }),
      },
    }
  }
}
