import { randomBytes } from 'node:crypto'
import { mkdtemp, realpath, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { launchSandbox, type SandboxGateway } from '../launch.ts'
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
  /** A folder for what gatewatch keeps for itself while the demo runs; it goes with the demo. */
  readonly stateFolder: string
  readonly gateways: readonly SandboxGateway[]
  stop(): Promise<void>
}

/**
 * Starts the demo fleet: gateways in a process of their own, seeded with what was once synced and what people did to
 * them since, and a Git repository with the history that fits.
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
  const [top, sandbox] = await Promise.all([
    mkdtemp(join(options.parent ?? tmpdir(), 'gatewatch-demo-')).then(path => realpath(path)),
    launchSandbox({ gateways: seeds.map(seed => seed.gateway) }),
  ])
  const stop = async (): Promise<void> => {
    await sandbox.stop()
    await rm(top, { recursive: true, force: true, maxRetries: 3 })
  }
  const folder = join(top, 'payments')
  try {
    const addresses = new Map(sandbox.gateways.map(gateway => [gateway.name, gateway.adminUrl]))
    const commits = readHistory().map(commit => filledIn(commit, keyOf, addresses))
    await makeRepository(
      folder,
      commits,
      seeds.map(seed => seed.ledger),
      now,
    )
    await writeObservations(join(top, 'state'), now)
  } catch (error) {
    await stop()
    throw error
  }
  return {
    folder,
    fleetFile: join(folder, 'gatewatch.yaml'),
    stateFolder: join(top, 'state'),
    gateways: sandbox.gateways,
    stop,
    [Symbol.asyncDispose]: stop,
  }
}

function filledIn(
  commit: DemoCommit,
  keyOf: (consumer: string) => string,
  addresses: ReadonlyMap<string, string>,
): DemoCommit {
  const files = [...commit.files].map(([path, text]): readonly [string, string] => [
    path,
    withKeys(text, keyOf).replaceAll(/@address:([\w-]+)@/g, (_, name: string) => addresses.get(name) ?? ''),
  ])
  return { ...commit, files: new Map(files) }
}
