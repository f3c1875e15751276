import { type ChildProcess, spawn } from 'node:child_process'
import { existsSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { fileURLToPath } from 'node:url'
import type { Fault } from '../faults/faults.ts'
import type { LoggedRequest } from '../faults/request-log.ts'
import { isObject, type Json, type JsonObject, parseJson } from '../json.ts'
import type { SandboxConfiguration, SandboxReady, SeedLists } from './configuration.ts'

/** A gateway of a running sandbox. */
export interface SandboxGateway {
  readonly name: string
  readonly adminUrl: string
  /** Null for a gateway without a proxy. */
  readonly proxyUrl: string | null
}

/** Injects faults at one gateway, and returns the requests to it: for gateways started with `faults`. */
export interface GatewayControl {
  /** Replaces the current faults; an empty list ends them. */
  setFaults(faults: readonly Fault[]): Promise<void>
  /** The requests that reached it, whatever they were answered. */
  requests(): Promise<readonly LoggedRequest[]>
  forgetRequests(): Promise<void>
  /** Breaks its connections, stays away for a while, and comes back with what it held or with nothing. */
  restart(options: { readonly keep: boolean; readonly downMs?: number }): Promise<void>
  /** All it holds, as lists by Admin API path. */
  state(): Promise<Readonly<Record<string, readonly JsonObject[]>>>
  /** Puts lists in place of all it holds. */
  setState(lists: SeedLists): Promise<void>
}

/** A sandbox process and its gateways. `await using` ends it. */
export interface RunningSandbox extends AsyncDisposable {
  readonly gateways: readonly SandboxGateway[]
  /** Its process; undefined where it is gone. */
  readonly pid: number | undefined
  /** Where faults are set and requests are read; null where no gateway was started with `faults`. */
  readonly controlUrl: string | null
  /** The control of a gateway; throws where it was not started with `faults`. */
  control(name: string): GatewayControl
  /** Ends the process; resolves when it is gone. */
  stop(): Promise<void>
}

/** The sandbox could not be started; the message says why. */
export class SandboxError extends Error {}

/** The program to start: next to the running bundle, or the source if this runs from source. */
function program(): string {
  const built = fileURLToPath(new URL('./sandbox.js', import.meta.url))
  return existsSync(built) ? built : fileURLToPath(new URL('./process.ts', import.meta.url))
}

const text = (value: Json | undefined): string | undefined => (typeof value === 'string' ? value : undefined)

function readReady(line: string): SandboxReady | undefined {
  const parsed = parseJson(line)
  const listed = isObject(parsed) ? parsed.gateways : undefined
  if (!isObject(parsed) || !Array.isArray(listed)) return undefined
  const gateways = listed.flatMap(one => {
    if (!isObject(one)) return []
    const name = text(one.name)
    const adminUrl = text(one.adminUrl)
    if (name === undefined || adminUrl === undefined) return []
    return [{ name, adminUrl, proxyUrl: text(one.proxyUrl) ?? null }]
  })
  return { gateways, controlUrl: text(parsed.controlUrl) ?? null }
}

function firstLine(child: ChildProcess): Promise<string> {
  return new Promise((resolve, reject) => {
    let said = ''
    child.stderr?.on('data', (chunk: Buffer) => {
      said += chunk.toString('utf8')
    })
    child.on('error', error => reject(new SandboxError(`the sandbox could not be started: ${error.message}`)))
    child.on('exit', code => {
      reject(new SandboxError(said.trim() || `the sandbox ended with code ${code} before it was ready`))
    })
    if (child.stdout === null) return
    createInterface({ input: child.stdout }).once('line', resolve)
  })
}

function stopped(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return Promise.resolve()
  return new Promise(resolve => {
    child.once('exit', () => resolve())
    child.stdin?.end()
    child.kill('SIGTERM')
  })
}

async function ask(url: string, method: string, body?: unknown): Promise<unknown> {
  const sent =
    body === undefined ? {} : { body: JSON.stringify(body), headers: { 'content-type': 'application/json' } }
  const answer = await fetch(url, { method, ...sent })
  const said = await answer.text()
  if (!answer.ok) throw new SandboxError(`${method} ${url}: ${answer.status} ${said}`)
  return said === '' ? undefined : JSON.parse(said)
}

const isLogged = (value: unknown): value is LoggedRequest =>
  isObject(value) && typeof value.method === 'string'

function controlOf(url: string): GatewayControl {
  return {
    setFaults: async faults => void (await ask(`${url}/faults`, 'PUT', faults)),
    requests: async () => {
      const said = await ask(`${url}/requests`, 'GET')
      return Array.isArray(said) ? said.filter(isLogged) : []
    },
    forgetRequests: async () => void (await ask(`${url}/requests`, 'DELETE')),
    restart: async options => void (await ask(`${url}/restart`, 'POST', options)),
    state: async () => {
      const said = await ask(`${url}/state`, 'GET')
      const lists = isObject(said) ? Object.entries(said) : []
      return Object.fromEntries(
        lists.map(([path, list]) => [path, Array.isArray(list) ? list.filter(isObject) : []]),
      )
    },
    setState: async lists => void (await ask(`${url}/state`, 'PUT', lists)),
  }
}

/**
 * Starts gateways in a process of their own and waits until they listen on loopback. The process ends with `stop`,
 * and by itself when this program ends. Rejects with a `SandboxError` where it does not start.
 */
export async function launchSandbox(configuration: SandboxConfiguration): Promise<RunningSandbox> {
  const child = spawn(process.execPath, [program()], {
    stdio: ['pipe', 'pipe', 'pipe'],
    // What is compiled once starts in half the time.
    env: { NODE_COMPILE_CACHE: join(tmpdir(), 'node-compile-cache'), ...process.env, NODE_OPTIONS: '' },
  })
  child.stdin.on('error', () => undefined)
  child.stdin.write(`${JSON.stringify(configuration)}\n`)
  const ready = readReady(await firstLine(child))
  if (ready === undefined) {
    await stopped(child)
    throw new SandboxError('the sandbox printed something other than its ready line')
  }
  child.stderr.on('data', (chunk: Buffer) => process.stderr.write(chunk))
  const stop = () => stopped(child)
  const control = (name: string) => {
    if (ready.controlUrl === null) throw new SandboxError('no gateway was started with faults')
    return controlOf(`${ready.controlUrl}/gateways/${encodeURIComponent(name)}`)
  }
  return { ...ready, pid: child.pid, control, stop, [Symbol.asyncDispose]: stop }
}
