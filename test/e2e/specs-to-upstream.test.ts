import { cpSync, mkdtempSync, readFileSync, writeFileSync } from 'node:fs'
import { rm } from 'node:fs/promises'
import { createServer, request, type Server } from 'node:http'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { parse } from 'yaml'
import * as z from 'zod'
import { launchSandbox, type RunningSandbox } from '../../src/sandbox/index.ts'
import { billingSpec, clusterSpec, hostingSpec } from '../large-specs.ts'
import { gatewatch, project } from '../program.ts'

const METHODS = ['get', 'put', 'post', 'delete', 'options', 'head', 'patch', 'trace']
const object = z.record(z.string(), z.unknown())

/** An operation as its document has it, read with nothing of the generator's. */
interface Expected {
  readonly method: string
  readonly path: string
  /** Servers as `host:port`, any of which may answer. */
  readonly servers: readonly string[]
  /** What the server is asked for. */
  readonly upstreamPath: string
  readonly operationId: string | undefined
}

/** An object behind its `$ref`, with the file that it is in. */
function follow(value: unknown, file: string): { readonly fields: Record<string, unknown>; file: string } {
  const fields = object.parse(value ?? {})
  if (typeof fields.$ref !== 'string') return { fields, file }
  const [name = '', pointer = ''] = fields.$ref.split('#')
  const target = name === '' ? file : join(dirname(file), name)
  const names = pointer.split('/').slice(1)
  const found = names.reduce<unknown>((inner, key) => object.parse(inner)[key], read(target))
  return follow(found, target)
}

function read(file: string): unknown {
  return parse(readFileSync(file, 'utf8'), { merge: true })
}

const server = z.object({
  url: z.string(),
  variables: z.record(z.string(), z.object({ default: z.string() })).default({}),
})
const serversIn = (level: Record<string, unknown>) => z.array(server).optional().parse(level.servers)

function expectedOf(file: string): Expected[] {
  const document = object.parse(read(file))
  return Object.entries(object.parse(document.paths)).flatMap(([template, value]) => {
    const item = follow(value, file).fields
    return METHODS.filter(method => method in item).map(method => {
      const operation = object.parse(item[method])
      const servers = serversIn(operation) ?? serversIn(item) ?? serversIn(document) ?? []
      const urls = servers.map(({ url, variables }) => {
        const filled = url.replace(/\{(\w+)\}/g, (_, name: string) => variables[name]?.default ?? '')
        return new URL(filled, 'https://localhost')
      })
      const path = template.replace(/\{([^}]+)\}/g, (_, name: string) => `a-${name.length}`)
      const base = urls[0]?.pathname.replace(/\/$/, '') ?? ''
      return {
        method: method.toUpperCase(),
        path,
        servers: urls.map(url => `${url.hostname}:${url.port || (url.protocol === 'http:' ? 80 : 443)}`),
        // Kong asks a service that has a path for just that where the request's path is "/".
        upstreamPath: path === '/' && base !== '' ? base : base + path,
        operationId: z.string().optional().parse(operation.operationId),
      }
    })
  })
}

const route = object.and(z.object({ name: z.string(), hosts: z.array(z.string()).optional() }))
const manifest = object.and(
  z.object({
    services: z.array(object.and(z.object({ host: z.string(), port: z.number(), routes: z.array(route) }))),
    upstreams: z.array(object.and(z.object({ targets: z.array(z.object({ target: z.string() })) }))),
  }),
)

/** What a request came to: the server that it reached there, its path there, and the route that let it through. */
interface Reached {
  readonly server: string
  readonly path: string
  readonly route: string
}

let sandbox: RunningSandbox
let work: string
/** An upstream for each `host:port` of the documents, on a port of its own. */
const upstreams = new Map<string, { readonly server: Server; readonly port: number }>()
let reached: Reached | undefined

beforeAll(async () => {
  sandbox = await launchSandbox({ gateways: [{ name: 'specs', faults: true }] })
})

afterAll(async () => {
  for (const { server } of upstreams.values()) server.close()
  await sandbox.stop()
})

beforeEach(async () => {
  await sandbox.control('specs').setState({})
  work = mkdtempSync(join(tmpdir(), 'gatewatch-specs-'))
  return () => rm(work, { recursive: true })
})

async function portFor(server: string): Promise<number> {
  const known = upstreams.get(server)
  if (known) return known.port
  const started = createServer((request, response) => {
    reached = { server, path: request.url ?? '', route: String(request.headers['x-route']) }
    response.end()
  })
  await new Promise<void>(resolve => started.listen(0, '127.0.0.1', resolve))
  const address = started.address()
  const port = typeof address === 'object' && address ? address.port : 0
  upstreams.set(server, { server: started, port })
  return port
}

/**
 * The manifest for the sandbox: servers that exist, plain http, and instead of all plugins one on each route that tells
 * its name to the upstream.
 */
async function forSandbox(text: string): Promise<{ text: string; hosts: ReadonlyMap<string, string> }> {
  const { plugins: _plugins, ...made } = manifest.parse(JSON.parse(text))
  const names = new Set(made.upstreams.map(({ name }) => name))
  const hosts = new Map<string, string>()
  for (const service of made.services) {
    delete service.plugins
    service.protocol = 'http'
    if (!names.has(service.host)) {
      service.port = await portFor(`${service.host}:${service.port}`)
      service.host = '127.0.0.1'
    }
    for (const route of service.routes) {
      const config = { add: { headers: [`x-route:${route.name}`] } }
      route.plugins = [{ name: 'request-transformer', config }]
      route.protocols = ['http', 'https']
      if (route.hosts?.[0] !== undefined) hosts.set(route.name, route.hosts[0])
    }
  }
  for (const { targets } of made.upstreams) {
    for (const target of targets) target.target = `127.0.0.1:${await portFor(target.target)}`
  }
  return { text: JSON.stringify(made), hosts }
}

const run = (...args: string[]) =>
  gatewatch(args, { cwd: work, env: { GATEWATCH_STATE_DIR: join(work, 'state') } })

const letters = (text: string): string => text.toLowerCase().replace(/[^a-z0-9]/g, '')

async function ask(expected: Expected, host: string | undefined): Promise<unknown> {
  reached = undefined
  const proxy = sandbox.gateways[0]?.proxyUrl ?? ''
  await new Promise<void>((resolve, reject) => {
    const { hostname, port } = new URL(proxy)
    const headers = host === undefined ? {} : { host }
    request({ hostname, port, method: expected.method, path: expected.path, headers }, response => {
      response.resume().on('end', resolve)
    })
      .on('error', reject)
      .end()
  })
  return reached
}

const LARGE = [hostingSpec(), clusterSpec(), billingSpec()]
const SMALL: readonly [string, number][] = [
  ['bookshop.yaml', 5],
  ['payments.yaml', 13],
  ['weather.json', 8],
  ['parcels/openapi.yaml', 6],
  ['identity.yaml', 7],
  ['telemetry.yaml', 7],
  ['odata.yaml', 5],
  ['media.yaml', 7],
  ['bank.yaml', 6],
]

describe('a request for each operation reaches its upstream path', () => {
  it.each([...SMALL, ...LARGE.map(({ name, operations }): [string, number] => [name, operations])])(
    'of %s (%i operations)',
    async (name, operations) => {
      const large = LARGE.find(each => each.name === name)
      if (large) writeFileSync(join(work, name), large.text)
      else cpSync(join(project, 'fixtures', 'specs'), work, { recursive: true })
      const expected = expectedOf(join(work, name))
      expect(expected).toHaveLength(operations)
      expect(await run('generate', name, '--output', 'json', '--out', 'made.json')).toMatchObject({ code: 0 })
      const { text, hosts } = await forSandbox(readFileSync(join(work, 'made.json'), 'utf8'))
      writeFileSync(join(work, 'kong.json'), text)
      const synced = await run(
        'sync',
        '--yes',
        '--kong-addr',
        sandbox.gateways[0]?.adminUrl ?? '',
        'kong.json',
      )
      expect(synced.code, synced.err.slice(-500)).toBe(0)
      const host = [...hosts.values()][0]
      for (const one of expected) {
        const found = await ask(one, host)
        expect(found, `${one.method} ${one.path}`).toMatchObject({ path: one.upstreamPath })
        const { server, route } = z.object({ server: z.string(), route: z.string() }).parse(found)
        expect(one.servers).toContain(server)
        const ending = one.operationId ?? one.method
        expect(letters(route).endsWith(letters(ending)), `${route} for ${ending}`).toBe(true)
      }
    },
    60_000,
  )
})
