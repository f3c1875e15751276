import { createServer, request } from 'node:http'
import * as z from 'zod'
import { launchSandbox } from '../src/sandbox/index.ts'

const page = z.object({ data: z.array(z.object({ name: z.string() })) })

/** A gateway with workspaces. */
export interface WorkspacesGateway {
  readonly address: string
  /** The names that it lists. */
  names: readonly string[]
  /** A list that nobody may read in a workspace, as `team-a routes`; null: all may be read. */
  forbidden: string | null
  /** What a workspace holds of one list, by name. */
  namesIn(workspace: string, list: string): Promise<readonly string[]>
  stop(): Promise<void>
}

/**
 * An Enterprise gateway as the Admin API describes one: each workspace is a sandbox gateway below its name, with its root
 * at /kong, and /workspaces lists them in pages of two. Each holds one service that is called after it.
 */
export async function startWorkspaces(...workspaces: readonly string[]): Promise<WorkspacesGateway> {
  const sandbox = await launchSandbox({
    gateways: workspaces.map(name => ({ name, proxyPort: false as const })),
  })
  const adminUrlOf = (workspace: string): string | undefined =>
    sandbox.gateways.find(({ name }) => name === workspace)?.adminUrl
  for (const { name, adminUrl } of sandbox.gateways) {
    const body = JSON.stringify({ name: `service-of-${name.replace(' ', '-')}`, host: 'h', tags: [name[0]] })
    await fetch(`${adminUrl}/services`, {
      method: 'POST',
      body,
      headers: { 'content-type': 'application/json' },
    })
  }
  const front = createServer((incoming, answer) => {
    const url = new URL(incoming.url ?? '', 'http://front')
    if (url.pathname === '/workspaces') {
      const { names } = gateway
      const from = Number(url.searchParams.get('offset') ?? 0)
      const data = names.slice(from, from + 2).map(name => ({ id: name, name }))
      const more = from + 2 < names.length ? { offset: String(from + 2) } : {}
      answer.setHeader('content-type', 'application/json').end(JSON.stringify({ data, next: null, ...more }))
      return
    }
    const [, first = '', rest = ''] = /^\/([^/]*)(.*)$/.exec(url.pathname) ?? []
    const adminUrl = adminUrlOf(decodeURIComponent(first))
    if (adminUrl === undefined || rest === '/') {
      answer.writeHead(404, { 'content-type': 'application/json' }).end('{"message":"Not found"}')
      return
    }
    if (gateway.forbidden === `${decodeURIComponent(first)} ${rest.slice(1)}`) {
      answer.writeHead(403, { 'content-type': 'application/json' }).end('{"message":"Forbidden"}')
      return
    }
    const path = rest === '/kong' ? '/' : rest
    const { method, headers } = incoming
    const on = request(`${adminUrl}${path}${url.search}`, { method, headers }, from => {
      answer.writeHead(from.statusCode ?? 500, from.headers)
      from.pipe(answer)
    })
    incoming.pipe(on)
  })
  await new Promise<void>(resolve => front.listen(0, '127.0.0.1', resolve))
  const at = front.address()
  if (typeof at !== 'object' || at === null) throw new Error('no port')
  const gateway: WorkspacesGateway = {
    address: `http://127.0.0.1:${at.port}`,
    names: workspaces,
    forbidden: null,
    async namesIn(workspace, list) {
      const answer = await fetch(`${adminUrlOf(workspace)}/${list}`)
      return page.parse(await answer.json()).data.map(({ name }) => name)
    },
    async stop() {
      front.close()
      front.closeAllConnections()
      await sandbox.stop()
    },
  }
  return gateway
}
