import { createServer, type IncomingMessage, type Server } from 'node:http'
import { type Fault, readFaults } from '../faults/faults.ts'
import type { Gateway } from '../gateway/gateway.ts'
import { isObject, type Json, parseJson } from '../json.ts'
import { ConfigurationError } from './configuration.ts'

interface Answer {
  readonly status: number
  readonly body: unknown
}

const ok = (body: unknown): Answer => ({ status: 200, body })
const wrong = (status: number, message: string): Answer => ({ status, body: { message } })
const done: Answer = { status: 204, body: undefined }

async function bodyOf(request: IncomingMessage): Promise<Json | undefined> {
  const chunks: Buffer[] = []
  for await (const chunk of request) chunks.push(Buffer.isBuffer(chunk) ? chunk : Buffer.from(String(chunk)))
  const text = Buffer.concat(chunks).toString('utf8')
  return text === '' ? {} : parseJson(text)
}

async function setFaults(gateway: Gateway, body: Json | undefined): Promise<Answer> {
  const faults: readonly Fault[] | { readonly wrong: string } =
    body === undefined ? { wrong: 'not JSON' } : readFaults(body)
  if ('wrong' in faults) return wrong(400, faults.wrong)
  await gateway.setFaults(faults)
  return done
}

async function restart(gateway: Gateway, body: Json | undefined): Promise<Answer> {
  const { keep, downMs } = isObject(body) ? body : {}
  await gateway.restart(keep !== false, typeof downMs === 'number' ? downMs : 0)
  return done
}

function setState(gateway: Gateway, body: Json | undefined): Answer {
  try {
    gateway.replaceState(body)
    return done
  } catch (error) {
    if (error instanceof ConfigurationError) return wrong(400, error.message)
    throw error
  }
}

type Act = (gateway: Gateway, body: Json | undefined) => Answer | Promise<Answer>

/** The requests about a gateway: `GET /gateways/{name}/requests` and so on. */
const acts: Readonly<Record<string, Act>> = {
  'GET faults': gateway => ok(gateway.faults),
  'PUT faults': setFaults,
  'DELETE faults': gateway => setFaults(gateway, []),
  'GET requests': gateway => ok(gateway.log.all),
  'DELETE requests': gateway => {
    gateway.log.clear()
    return done
  },
  'POST restart': restart,
  'GET state': gateway => ok(gateway.savedState()),
  'PUT state': setState,
}

async function respond(gateways: readonly Gateway[], request: IncomingMessage): Promise<Answer> {
  const [first, name, what, ...rest] = (request.url ?? '/').split('/').slice(1).map(decodeURIComponent)
  const gateway = gateways.find(one => one.name === name && one.hasControl)
  if (first !== 'gateways' || rest.length > 0)
    return wrong(404, 'expected /gateways/{name}/faults, requests, restart or state')
  if (gateway === undefined) return wrong(404, `no gateway ${name ?? ''} that was started with faults`)
  const act = acts[`${request.method} ${what ?? ''}`]
  if (act === undefined) return wrong(405, `${request.method ?? ''} ${what ?? ''}: not known`)
  return act(gateway, await bodyOf(request))
}

/**
 * The server by which tests inject faults and read the requests to a gateway. It has its own port, so it answers even
 * if the gateway doesn't.
 */
export function controlServer(gateways: readonly Gateway[]): Server {
  // Long, so that a test that is busy for a while does not meet a connection that is just being closed.
  return createServer({ keepAliveTimeout: 60_000 }, (request, response) => {
    respond(gateways, request)
      .catch((error: unknown) => wrong(500, String(error)))
      .then(({ status, body }) => {
        response.writeHead(status, { 'content-type': 'application/json' })
        response.end(body === undefined ? undefined : JSON.stringify(body))
      })
  })
}
