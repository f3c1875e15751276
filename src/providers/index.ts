import { type Result, succeed } from '../model/problem.ts'
import { reachKong } from './kong/admin/open.ts'
import { KongSession } from './kong/admin/session.ts'
import { DblessSession } from './kong/document/session.ts'
import { type Provider, Providers } from './provider.ts'
import type { Connection, Session } from './session.ts'

export { schemasWithoutGateway } from './kong/admin/without-gateway.ts'
export { listWorkspaces } from './kong/admin/workspaces.ts'
export type * from './session.ts'

/** The providers, a line each; the first is the one that files on the command line are for. Loaded when they are needed. */
const loaders: readonly [Loader, ...Loader[]] = [async () => (await import('./kong/index.ts')).kong]

type Loader = () => Promise<Provider>

let loading: Promise<Providers> | undefined

/** Loads all providers, once. */
export function loadProviders(): Promise<Providers> {
  loading ??= load()
  return loading
}

async function load(): Promise<Providers> {
  const [first, ...others] = loaders
  return new Providers([await first(), ...(await Promise.all(others.map(each => each())))])
}

/** Opens a session with whatever gateway a connection leads to. */
export async function openGateway(connection: Connection, signal: AbortSignal): Promise<Result<Session>> {
  const reached = await reachKong(connection, signal)
  if (!reached.ok) return reached
  return succeed(
    reached.value.hasDatabase ? new KongSession(reached.value) : new DblessSession(reached.value),
  )
}
