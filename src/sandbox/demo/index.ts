import { randomBytes } from 'node:crypto'
import { mkdtemp, realpath, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { launchSandbox, type RunningSandbox, type SandboxGateway } from '../process/launch.ts'
import { secondsOf } from './fixtures.ts'
import { type DemoCommit, readHistory } from './history.ts'
import { writeObservations } from './observations.ts'
import { makeRepository } from './repository.ts'
import { demoGateways, readSeed, withKeys } from './seeds.ts'

/** How the demo is started. */
export interface DemoOptions {
  /** The moment that all ages count from; now unless given. */
  readonly now?: Date
  /** The folder to make the demo's folder in; the system's for temporary files unless given. */
  readonly parent?: string
}

/** The running demo fleet. `await using` ends it and takes its files away. */
export interface Demo extends AsyncDisposable {
  /** The Git repository with manifests, specifications, policies and `gatewatch.yaml`. */
  readonly folder: string
  readonly fleetFile: string
  /** A folder for what gatewatch keeps for itself while the demo runs; it is deleted with the demo. */
  readonly stateFolder: string
  readonly gateways: readonly SandboxGateway[]
  stop(): Promise<void>
}

/**
 * Starts the demo fleet: gateways in their own process, seeded with what was once synced and what people have changed
 * since, and a Git repository with the matching history. Rejects with a `SandboxError` if it doesn't start.
 */
export async function startDemo(options: DemoOptions = {}): Promise<Demo> {
  const now = options.now ?? new Date()
  const keys = new Map<string, string>()
  const keyOf = (consumer: string): string => {
    const key = keys.get(consumer) ?? randomBytes(16).toString('hex')
    keys.set(consumer, key)
    return key
  }
  const seeds = demoGateways.map(name => readSeed(name, keyOf, now))
  const top = await realpath(await mkdtemp(join(options.parent ?? tmpdir(), 'gatewatch-demo-')))
  const folder = join(top, 'payments')
  let sandbox: RunningSandbox | undefined
  const stop = async (): Promise<void> => {
    await sandbox?.stop()
    await rm(top, { recursive: true, force: true, maxRetries: 3 })
  }
  try {
    const launching = launchSandbox({ gateways: seeds.map(seed => seed.gateway) })
    // The gateways start while the history is read.
    const history = readHistory()
    sandbox = await launching
    const addresses = new Map(sandbox.gateways.map(gateway => [gateway.name, gateway.adminUrl]))
    const commits = history.map(commit => filledIn(commit, keyOf, addresses, now))
    const ledgers = seeds.map(seed => seed.ledger)
    await Promise.all([
      makeRepository(folder, commits, ledgers, now),
      writeObservations(join(top, 'state'), now),
    ])
    return {
      folder,
      fleetFile: join(folder, 'gatewatch.yaml'),
      stateFolder: join(top, 'state'),
      gateways: sandbox.gateways,
      stop,
      [Symbol.asyncDispose]: stop,
    }
  } catch (error) {
    await stop()
    throw error
  }
}

function filledIn(
  commit: DemoCommit,
  keyOf: (consumer: string) => string,
  addresses: ReadonlyMap<string, string>,
  now: Date,
): DemoCommit {
  const files = [...commit.files].map(([path, text]): readonly [string, string] => [
    path,
    withKeys(text, keyOf)
      .replaceAll(/@address:([\w-]+)@/g, (_, name: string) => addresses.get(name) ?? '')
      .replaceAll(/@in:(\w+)@/g, (_, age: string) => instantIn(age, now)),
  ])
  return { ...commit, files: new Map(files) }
}

/** A future moment, such as `2026-12-31T00:00:00Z`. */
function instantIn(age: string, now: Date): string {
  return `${new Date(now.getTime() + secondsOf(age) * 1000).toISOString().slice(0, 19)}Z`
}
