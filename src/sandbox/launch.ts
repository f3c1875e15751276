import { type ChildProcess, spawn } from 'node:child_process'
import { existsSync } from 'node:fs'
import { createInterface } from 'node:readline'
import { fileURLToPath } from 'node:url'
import type { SandboxConfiguration, SandboxReady } from './configuration.ts'
import { isObject, type Json, parseJson } from './json.ts'

/** A gateway of a running sandbox. */
export interface SandboxGateway {
  readonly name: string
  readonly adminUrl: string
  /** Null for a gateway without a proxy. */
  readonly proxyUrl: string | null
}

/** A sandbox process and its gateways. `await using` ends it. */
export interface RunningSandbox extends AsyncDisposable {
  readonly gateways: readonly SandboxGateway[]
  /** Where faults are set and requests are read; null where no gateway was started with `faults`. */
  readonly controlUrl: string | null
  /** Ends the process; resolves when it is gone. */
  stop(): Promise<void>
}

/** The sandbox could not be started; the message says why. */
export class SandboxError extends Error {}

/** The program to start: beside the running bundle, or the source where this is run from source. */
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

/**
 * Starts gateways in a process of their own and waits until they listen on loopback. The process ends with `stop`,
 * and by itself when this program ends. Rejects with a `SandboxError` where it does not start.
 */
export async function launchSandbox(configuration: SandboxConfiguration): Promise<RunningSandbox> {
  const child = spawn(process.execPath, [program()], {
    stdio: ['pipe', 'pipe', 'pipe'],
    env: { ...process.env, NODE_OPTIONS: '' },
  })
  child.stdin.on('error', () => undefined)
  child.stdin.write(`${JSON.stringify(configuration)}\n`)
  const ready = readReady(await firstLine(child))
  if (ready === undefined) {
    await stopped(child)
    throw new SandboxError('the sandbox said something that is not its ready line')
  }
  child.stderr.on('data', (chunk: Buffer) => process.stderr.write(chunk))
  const stop = () => stopped(child)
  return { ...ready, stop, [Symbol.asyncDispose]: stop }
}
