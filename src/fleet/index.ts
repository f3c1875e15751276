import type { Connection } from '../gateways/gateway.ts'
import type { Result } from '../model/problem.ts'
import type { Fleet, FleetTarget } from './fleet.ts'

export type { CredentialRef, Fleet, FleetTarget, KongConfig } from './fleet.ts'

/** Reads `gatewatch.yaml`; each problem has its place in the file. */
export async function readFleet(path: string): Promise<Result<Fleet>> {
  throw new Error(`not written yet: ${path}`)
}

/** The nearest `gatewatch.yaml` (or `.yml`) in a folder or above it; null where there is none. */
export async function findFleetFile(from: string): Promise<string | null> {
  throw new Error(`not written yet: ${from}`)
}

/** How to connect to a target, with the credentials taken from the environment and files. */
export function connectionOf(
  target: FleetTarget,
  env: Readonly<Record<string, string | undefined>>,
): Result<Connection> {
  throw new Error(`not written yet: ${target.name} ${Object.keys(env).length}`)
}

/** What `starterConfig` writes down. */
export interface StarterOptions {
  readonly name: string
  readonly address: string
  readonly manifests: readonly string[]
}

/** The text of a first `gatewatch.yaml`, with its schema named for editors. */
export function starterConfig(options: StarterOptions): string {
  throw new Error(`not written yet: ${options.name}`)
}
