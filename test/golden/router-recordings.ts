/** The recorded exchanges of a real gateway's proxy, and how an answer of the model is held against one. */
import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { resolve } from 'node:path'
import {
  type Answer,
  buildRouter,
  editHeaders,
  type ProxyRequest,
  readConfig,
} from '../../src/providers/kong/router/index.ts'

const folder = resolve(import.meta.dirname, '../../../shared/golden/kong-3.9.1/router')

/** Whether the recordings are beside the project. */
export const recorded = existsSync(folder)

/** What the gateway of the recordings listened on, and where its client called from. */
const listenPort = 19321
const clientIp = '127.0.0.1'

interface Exchange {
  readonly request: {
    readonly method: string
    readonly path: string
    readonly host: string
    readonly headers: Readonly<Record<string, string>>
  }
  readonly response: {
    readonly status: number
    readonly message?: string | null
    readonly headers?: Readonly<Record<string, string>>
    readonly upstream?: {
      readonly method: string
      readonly uri: string
      readonly host: string
      readonly headers: Readonly<Record<string, string>>
    }
  }
}

interface Recording {
  readonly config: Readonly<Record<string, readonly unknown[]>>
  readonly exchanges: readonly Exchange[]
}

/** One exchange with what the model says that differs from it; nothing: they agree. */
export interface Comparison {
  readonly file: string
  readonly index: number
  readonly request: string
  readonly differences: readonly string[]
}

export function recordingFiles(): readonly string[] {
  return readdirSync(folder)
    .filter(file => file.endsWith('.json'))
    .sort()
}

/** Answers every exchange of a file with the model and compares. */
export function compareFile(file: string): readonly Comparison[] {
  const recording: Recording = JSON.parse(readFileSync(resolve(folder, file), 'utf8'))
  const { config, problems } = readConfig(recording.config)
  if (problems.length > 0) throw new Error(`${file}: ${problems.join('; ')}`)
  const router = buildRouter(config)
  return recording.exchanges.map((exchange, index) => {
    const answer = router.answer(requestOf(exchange))
    const { method, host, path } = exchange.request
    return { file, index, request: `${method} ${host} ${path}`, differences: differencesOf(answer, exchange) }
  })
}

function requestOf({ request }: Exchange): ProxyRequest {
  return { ...request, scheme: 'http', port: listenPort, clientIp }
}

/** Headers that the recorder kept: the gateway's own and those that its plugins set. */
const keptUpstream = /^x-(forwarded|mark|consumer|credential|anonymous|authenticated)/
const keptResponse = ['access-control-allow-origin', 'upgrade', 'www-authenticate', 'location']

function differencesOf(answer: Answer, { request, response }: Exchange): string[] {
  const differences: string[] = []
  const expect = (what: string, said: unknown, recorded: unknown) => {
    const [left, right] = [JSON.stringify(said), JSON.stringify(recorded)]
    if (left !== right) differences.push(`${what}: said ${left}, recorded ${right}`)
  }
  const { upstream } = response
  expect('status', answer.status ?? 200, response.status)
  expect('reaches the upstream', answer.upstream !== null, upstream !== undefined)
  if (upstream && answer.upstream) {
    expect('method', answer.upstream.method, upstream.method)
    expect('uri', answer.upstream.uri, upstream.uri)
    expect('host', answer.upstream.host, upstream.host)
    const said = Object.entries(answer.upstream.headers).filter(([name]) => keptUpstream.test(name))
    expect('upstream headers', said.sort(byName), Object.entries(upstream.headers).sort(byName))
  }
  if (request.method !== 'HEAD' && answer.ending?.by !== 'gateway') {
    expect('message', messageOf(answer), response.message ?? null)
  }
  const headers = editHeaders(answer.ending?.headers ?? {}, answer.response)
  for (const name of keptResponse) expect(name, headers[name], response.headers?.[name])
  const hours = answer.limits.flatMap(limit => limit.windows.hour ?? [])
  const limit = hours[0]?.toString()
  expect('x-ratelimit-limit-hour', limit, response.headers?.['x-ratelimit-limit-hour'])
  expect('ratelimit-limit', limit, response.headers?.['ratelimit-limit'])
  return differences
}

function byName(a: readonly [string, unknown], b: readonly [string, unknown]): number {
  return a[0] < b[0] ? -1 : 1
}

function messageOf({ ending }: Answer): unknown {
  if (ending?.body.type === 'message') return ending.body.message
  return ending?.body.type === 'json' ? ending.body.value.message : null
}
