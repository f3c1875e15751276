import { mkdtempSync, writeFileSync } from 'node:fs'
import { rm } from 'node:fs/promises'
import type { IncomingMessage, ServerResponse } from 'node:http'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { launchSandbox, type RunningSandbox } from '../../src/sandbox/index.ts'
import { runCommand } from '../command-run.ts'
import { GatewayFront } from '../gateway-front.ts'
import { type Ended, gatewatch } from '../program.ts'

/** More entities of one kind than are named in a sentence, and as many as are written at once. */
const manifest = `_format_version: "3.0"
services:
${Array.from(
  { length: 20 },
  (_, i) => `- name: s${i}
  host: h${i}.internal
  routes: [{name: r${i}, paths: [/p${i}]}]
  plugins: [{name: rate-limiting, config: {minute: ${i + 1}, policy: local}}]`,
).join('\n')}
`

/** A gateway, what stands in front of it and goes wrong, and a manifest to sync to it. */
export class NetworkBed implements AsyncDisposable {
  readonly front: GatewayFront
  readonly #sandbox: RunningSandbox
  readonly #work: string

  private constructor(sandbox: RunningSandbox, front: GatewayFront) {
    this.#sandbox = sandbox
    this.front = front
    this.#work = mkdtempSync(join(tmpdir(), 'gatewatch-network-'))
    writeFileSync(join(this.#work, 'kong.yaml'), manifest)
  }

  static async start(): Promise<NetworkBed> {
    const sandbox = await launchSandbox({ gateways: [{ name: 'kong', proxyPort: false, faults: true }] })
    return new NetworkBed(sandbox, await GatewayFront.start(sandbox.gateways[0]?.adminUrl))
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.front[Symbol.asyncDispose]()
    await this.#sandbox.stop()
    await rm(this.#work, { recursive: true })
  }

  /** All is well again, and the gateway is empty. */
  async clear(): Promise<void> {
    this.front.intercept = undefined
    await this.#sandbox.control('kong').setState({})
    await this.#sandbox.control('kong').forgetRequests()
  }

  /** Requests that reached the gateway and write, checks included. */
  async writes(): Promise<readonly string[]> {
    const requests = await this.#sandbox.control('kong').requests()
    return requests.filter(({ method }) => method !== 'GET').map(({ method, path }) => `${method} ${path}`)
  }

  /** Runs a command of the built program on the gateway as it is seen through its front. */
  async run(command: string, ...args: string[]): Promise<Ended & { readonly ms: number }> {
    const started = performance.now()
    const ended = await gatewatch([command, ...this.#at(), ...args], this.#options())
    return { ...ended, ms: performance.now() - started }
  }

  /** The same in this process, which is faster. */
  runHere(command: string, ...args: string[]): Promise<Ended> {
    return runCommand([command, ...this.#at(), ...args], this.#options())
  }

  diff(): Promise<Ended & { readonly ms: number }> {
    return this.run('diff', 'kong.yaml')
  }

  sync(): Promise<Ended & { readonly ms: number }> {
    return this.run('sync', '--yes', 'kong.yaml')
  }

  #at(): readonly string[] {
    return ['--kong-addr', this.front.address]
  }

  #options() {
    return { cwd: this.#work, env: { GATEWATCH_STATE_DIR: join(this.#work, 'state') } }
  }
}

/** The sentences on standard error. */
export function sentences({ err }: Ended): readonly string[] {
  return err.split('\n').filter(line => line.startsWith('gatewatch: '))
}

export const reads = (request: IncomingMessage, path: string): boolean =>
  request.method === 'GET' && (request.url ?? '').split('?')[0] === path
export const isCheck = ({ url }: IncomingMessage): boolean => (url ?? '').includes('/validate')
export const isWrite = (request: IncomingMessage): boolean => request.method !== 'GET' && !isCheck(request)
export const isSchema = ({ url }: IncomingMessage): boolean => (url ?? '').startsWith('/schemas')
export const isList = (request: IncomingMessage): boolean =>
  request.method === 'GET' && !['/', '/status'].includes(request.url ?? '') && !isSchema(request)

/** Answers with JSON in the gateway's place. */
export function json(response: ServerResponse, status: number, body: unknown, headers = {}): true {
  response.writeHead(status, { 'content-type': 'application/json', ...headers })
  response.end(typeof body === 'string' ? body : JSON.stringify(body))
  return true
}
