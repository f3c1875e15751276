import { type ChildProcess, spawn, spawnSync } from 'node:child_process'
import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { rm } from 'node:fs/promises'
import { createServer } from 'node:http'
import { join } from 'node:path'
import { text } from 'node:stream/consumers'
import type { Fault } from '../../src/sandbox/index.ts'
import { type Ended, gatewatch, project } from '../program.ts'
import { ProgramBed } from './program-bed.ts'

/** One line of a journal, as far as it is looked at here. */
interface Entry {
  readonly type: string
  readonly step?: string
  readonly plan?: {
    readonly steps: readonly { readonly id: string; readonly covers: readonly string[] }[]
  }
}

/** A gateway with faults, and the built program that writes to it and is stopped meanwhile. */
export class StoppingBed extends ProgramBed {
  get env(): Readonly<Record<string, string>> {
    return { GATEWATCH_STATE_DIR: this.state }
  }

  /** Empties the gateway and forgets what was kept of syncs. */
  async clear(): Promise<void> {
    await this.control.setFaults([])
    await this.control.setState({})
    await this.control.forgetRequests()
    await rm(this.state, { recursive: true, force: true })
    await rm(join(this.work, '.git', 'refs', 'gatewatch'), { recursive: true, force: true })
  }

  write(manifest: string): void {
    writeFileSync(join(this.work, 'kong.yaml'), manifest)
  }

  /** Makes the folder a repository with a fleet of this one gateway, whose ledger and lock are in Git. */
  makeFleet(): void {
    const target = `  prod:\n    environment: prod\n    kong: { address: "${this.address}" }\n    manifests: [kong.yaml]\n    protected: false\n`
    writeFileSync(
      join(this.work, 'gatewatch.yaml'),
      `version: 1\nname: fleet\nenvironments: [prod]\ntargets:\n${target}`,
    )
    this.git('init', '-q', '-b', 'main')
    this.git('config', 'user.name', 'tess')
    this.git('config', 'user.email', 'tess@x.example')
  }

  git(...args: readonly string[]): string {
    const done = spawnSync('git', args, { cwd: this.work, encoding: 'utf8' })
    if (done.status !== 0) throw new Error(`git ${args.join(' ')}: ${done.stderr}`)
    return done.stdout.trim()
  }

  /** Runs a command to its end. */
  run(args: readonly string[], env: Readonly<Record<string, string>> = {}): Promise<Ended> {
    return gatewatch(args, { cwd: this.work, env: { ...this.env, ...env } })
  }

  /** The options that name the gateway and the manifest. */
  get at(): readonly string[] {
    return ['--kong-addr', this.address, 'kong.yaml']
  }

  /** Starts a command that is going to be stopped. */
  start(args: readonly string[], env: Readonly<Record<string, string>> = {}): Started {
    return new Started(args, this.work, { ...this.env, ...env })
  }

  faults(faults: readonly Fault[]): Promise<void> {
    return this.control.setFaults(faults)
  }

  /** The writes that reached the gateway so far. */
  async writes(): Promise<readonly string[]> {
    const requests = await this.control.requests()
    return requests
      .filter(({ method, path }) => method !== 'GET' && !path.endsWith('/validate'))
      .map(({ method, path }) => `${method} ${path}`)
  }

  /** Resolves once so many writes have reached the gateway. */
  async untilWrites(count: number): Promise<void> {
    await until(async () => (await this.writes()).length >= count, `${count} writes`)
  }

  async untilRequest(path: string): Promise<void> {
    const seen = async () => (await this.control.requests()).some(request => request.path.includes(path))
    await until(seen, path)
  }

  /** The journals, oldest first, line by line. */
  journals(): readonly (readonly Entry[])[] {
    const top = join(this.state, 'journals')
    const files = existsSync(top) ? readdirSync(top, { recursive: true }).map(String) : []
    return files
      .filter(file => file.endsWith('.jsonl'))
      .sort()
      .map(file => {
        // What follows the last end of a line was cut off, as it is for whoever reads a journal.
        const lines = readFileSync(join(top, file), 'utf8').split('\n').slice(0, -1)
        return lines.map((line): Entry => JSON.parse(line))
      })
  }

  /** What is at the gateway, as `service payments`. */
  async live(): Promise<ReadonlySet<string>> {
    const state = await this.control.state()
    return new Set(
      Object.entries(state).flatMap(([path, list]) =>
        list.map(entity => `${path.replace(/s$/, '')} ${String(entity.name ?? entity.username)}`),
      ),
    )
  }
}

/** A command that was started and has not ended. */
export class Started {
  readonly child: ChildProcess
  readonly ended: Promise<Ended & { readonly signal: NodeJS.Signals | null }>
  out = ''
  err = ''

  constructor(args: readonly string[], cwd: string, env: Readonly<Record<string, string>>) {
    const child = spawn(process.execPath, [join(project, 'bin', 'gatewatch.js'), ...args], {
      cwd,
      env: { ...process.env, ...env },
      stdio: ['pipe', 'pipe', 'pipe'],
    })
    this.child = child
    child.stdout.on('data', chunk => {
      this.out += String(chunk)
    })
    child.stderr.on('data', chunk => {
      this.err += String(chunk)
    })
    child.stdin.end()
    this.ended = new Promise((resolve, reject) => {
      child.on('error', reject)
      child.on('close', (code, signal) => resolve({ code, signal, out: this.out, err: this.err }))
    })
  }

  signal(name: NodeJS.Signals): void {
    this.child.kill(name)
  }
}

const numbers = (count: number): readonly number[] => Array.from({ length: count }, (_, i) => i)

/** A manifest of so many services with a route each: services are one level of steps, routes the next. */
export const services = (count: number): string =>
  JSON.stringify({
    _format_version: '3.0',
    services: numbers(count).map(i => ({
      name: `s${i}`,
      host: 'upstream.internal',
      routes: [{ name: `r${i}`, paths: [`/p${i}`] }],
    })),
  })

/** Stands before a gateway: creates reach it only when they are let through, long after nobody waits for them any more. */
export async function lateNetwork(
  gateway: string,
  status?: number,
): Promise<{
  readonly address: string
  letThrough(): Promise<void>
  close(): void
}> {
  const held: { readonly path: string; readonly body: string }[] = []
  let holds = true
  const pass = (method: string, path: string, body: string) =>
    fetch(gateway + path, {
      method,
      ...(body === '' ? {} : { body, headers: { 'content-type': 'application/json' } }),
    })
  const server = createServer(async (request, response) => {
    const { method = 'GET', url: path = '/' } = request
    const body = await text(request)
    if (holds && method === 'POST' && !path.startsWith('/schemas')) {
      held.push({ path, body })
      if (status !== undefined)
        response.writeHead(status, { 'content-type': 'application/json' }).end('{"message":"late"}')
      return
    }
    const answered = await pass(method, path, body)
    const server = answered.headers.get('server') ?? ''
    response.writeHead(answered.status, { 'content-type': 'application/json', server })
    response.end(await answered.text())
  })
  await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve))
  const at = server.address()
  if (typeof at !== 'object' || at === null) throw new Error('no port')
  return {
    address: `http://127.0.0.1:${at.port}`,
    async letThrough() {
      holds = false
      for (const { path, body } of held) await pass('POST', path, body)
    },
    close: () => void server.close(),
  }
}

/** Looks again and again until something holds; fails after half a minute. */
export async function until(holds: () => Promise<boolean> | boolean, what: string): Promise<void> {
  const end = Date.now() + 30_000
  while (!(await holds())) {
    if (Date.now() > end) throw new Error(`waited in vain for ${what}`)
    await new Promise(resolve => setTimeout(resolve, 15))
  }
}

/** How each step ended by a journal: the last entry that tells. */
export function outcomes(journal: readonly Entry[]): ReadonlyMap<string, string> {
  const ended = new Map<string, string>()
  for (const { type, step } of journal) if (step !== undefined) ended.set(step, type)
  return ended
}

/** By step: what it was to create, as `service payments`. */
export function created(journal: readonly Entry[]): ReadonlyMap<string, string> {
  const steps = journal.find(entry => entry.type === 'plan')?.plan?.steps ?? []
  return new Map(steps.map(({ id, covers }) => [id, covers[0]?.replace(/^create /, '') ?? '']))
}
