import { type ChildProcess, spawn } from 'node:child_process'
import { existsSync, readFileSync } from 'node:fs'
import { cp, rm } from 'node:fs/promises'
import { createServer, type IncomingMessage, request as requestOf, type ServerResponse } from 'node:http'
import { join } from 'node:path'
import { buffer } from 'node:stream/consumers'
import { fileURLToPath } from 'node:url'
import { type Ended, project } from '../program.ts'
import type { UndoBed } from './undo-bed.ts'

/**
 * Where a process is killed: at the nth request that writes to the gateway, before it gets there or after it took effect
 * there without an answer, or at the nth step of writing the journal down.
 */
export interface KillPoint {
  readonly what: 'request' | 'disk'
  readonly n: number
  readonly when: 'before' | 'after'
}

/** How a command went that was to be killed. */
export interface Killed extends Ended {
  /** False: it came to its end before. */
  readonly killed: boolean
}

const preload = fileURLToPath(new URL('kill-at.mjs', import.meta.url))

/** A gateway behind a front that kills whoever writes to it, and moments that can be gone back to. */
export class KillBed implements AsyncDisposable {
  readonly #bed: UndoBed
  readonly #server: ReturnType<typeof createServer>
  #writes = 0
  #point: KillPoint | undefined
  #child: ChildProcess | undefined
  readonly #underWay = new Set<Promise<void>>()

  private constructor(bed: UndoBed, server: ReturnType<typeof createServer>) {
    this.#bed = bed
    this.#server = server
  }

  static async start(bed: UndoBed): Promise<KillBed> {
    let killBed: KillBed | undefined
    const server = createServer((request, response) => killBed?.pass(request, response))
    await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve))
    killBed = new KillBed(bed, server)
    return killBed
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#server.closeAllConnections()
    await new Promise(resolve => this.#server.close(resolve))
  }

  get address(): string {
    const address = this.#server.address()
    if (address === null || typeof address === 'string') throw new Error('the front has no port')
    return `http://127.0.0.1:${address.port}`
  }

  /** What the gateway holds and what was kept of syncs, to come back to. */
  async moment(name: string): Promise<() => Promise<void>> {
    const kept = join(this.#bed.work, `${name}-state`)
    await cp(this.#bed.state, kept, { recursive: true })
    const state = await this.#bed.control.state()
    return async () => {
      await this.#bed.control.setState(state)
      await rm(this.#bed.state, { recursive: true })
      await cp(kept, this.#bed.state, { recursive: true })
    }
  }

  /** Runs a command to its end and counts the points at which it could be killed. */
  async points(args: readonly string[]): Promise<readonly KillPoint[]> {
    const counted = join(this.#bed.work, 'counted')
    await rm(counted, { force: true })
    const ended = await this.#run(args, undefined, { GATEWATCH_TEST_COUNT: counted })
    if (ended.code !== 0) throw new Error(`${args.join(' ')}: ${ended.err}`)
    const disk = existsSync(counted) ? readFileSync(counted).length : 0
    const at = (what: KillPoint['what'], count: number): readonly KillPoint[] =>
      Array.from({ length: count }, (_, i) => i + 1).flatMap(n => [
        { what, n, when: 'before' } as const,
        { what, n, when: 'after' } as const,
      ])
    return [...at('request', this.#writes), ...at('disk', disk)]
  }

  /** Runs a command that is killed at a point. */
  async kill(args: readonly string[], point: KillPoint): Promise<Killed> {
    const env = point.what === 'disk' ? { GATEWATCH_TEST_KILL: `${point.n}:${point.when}` } : {}
    return this.#run(args, point, env)
  }

  /** Runs a command through the front, to its end. */
  run(args: readonly string[]): Promise<Killed> {
    return this.#run(args, undefined, {})
  }

  async #run(
    args: readonly string[],
    point: KillPoint | undefined,
    env: Readonly<Record<string, string>>,
  ): Promise<Killed> {
    this.#writes = 0
    this.#point = point
    const words = ['--import', preload, join(project, 'bin', 'gatewatch.js'), ...args]
    const child = spawn(process.execPath, [...words, '--kong-addr', this.address], {
      cwd: this.#bed.work,
      env: { ...process.env, GATEWATCH_STATE_DIR: this.#bed.state, ...env },
      stdio: ['ignore', 'pipe', 'pipe'],
    })
    this.#child = child
    const streams = Promise.all([buffer(child.stdout), buffer(child.stderr)])
    const [code, signal] = await new Promise<readonly [number | null, NodeJS.Signals | null]>(
      (resolve, reject) => {
        child.on('error', reject)
        child.on('close', (...ended) => resolve(ended))
      },
    )
    // What was on its way to the gateway gets there, though nobody waits for the answer any more.
    while (this.#underWay.size > 0) await Promise.all(this.#underWay)
    const [out, err] = (await streams).map(bytes => bytes.toString('utf8'))
    return { code, out: out ?? '', err: err ?? '', killed: signal === 'SIGKILL' }
  }

  pass(request: IncomingMessage, response: ServerResponse): void {
    const passing = this.#pass(request, response).catch(() => void response.destroy())
    this.#underWay.add(passing)
    void passing.finally(() => this.#underWay.delete(passing))
  }

  async #pass(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const body = await buffer(request)
    const isWrite = request.method !== 'GET' && !request.url?.includes('/validate')
    if (isWrite) this.#writes += 1
    const isPoint = isWrite && this.#point?.what === 'request' && this.#point.n === this.#writes
    if (isPoint && this.#point?.when === 'before') {
      this.#child?.kill('SIGKILL')
      response.destroy()
      return
    }
    const { status, headers, answer } = await this.#forward(request, body)
    if (isPoint) {
      this.#child?.kill('SIGKILL')
      response.destroy()
      return
    }
    response.writeHead(status, headers)
    response.end(answer)
  }

  #forward(
    request: IncomingMessage,
    body: Buffer,
  ): Promise<{
    readonly status: number
    readonly headers: IncomingMessage['headers']
    readonly answer: Buffer
  }> {
    return new Promise((resolve, reject) => {
      const url = new URL(request.url ?? '/', this.#bed.address)
      const onward = requestOf(url, { method: request.method ?? 'GET', headers: request.headers }, from => {
        buffer(from).then(
          answer => resolve({ status: from.statusCode ?? 502, headers: from.headers, answer }),
          reject,
        )
      })
      onward.on('error', reject)
      onward.end(body)
    })
  }
}

/** Every nth of the points, so that about as many are left; all with --long. */
export function chosenPoints(points: readonly KillPoint[], about: number): readonly KillPoint[] {
  if (process.env.GATEWATCH_LONG || points.length <= about) return points
  const step = points.length / about
  return Array.from({ length: about }, (_, i) => points[Math.floor(i * step)]).filter(
    point => point !== undefined,
  )
}
