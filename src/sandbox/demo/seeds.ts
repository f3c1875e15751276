import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { isObject, type JsonObject, parseJson } from '../json.ts'
import type { GatewayConfiguration } from '../process/configuration.ts'
import { demoFixtures } from './fixtures.ts'
import type { DemoLedger } from './repository.ts'

/** The gateways of the demo, in the order of their environments. */
export const demoGateways: readonly string[] = ['dev', 'dev-2', 'staging', 'prod-eu', 'prod-us', 'prod-ap']

/** A gateway as the demo starts it. */
export interface DemoSeed {
  readonly gateway: GatewayConfiguration
  readonly ledger: DemoLedger
}

/**
 * Reads what a gateway and its ledger hold at the start. Times in the file are seconds before `now`, and keys of
 * consumers are `@key:…@`.
 */
export function readSeed(name: string, keyOf: (consumer: string) => string, now: Date): DemoSeed {
  const folder = join(demoFixtures(), 'seeds')
  const text = withKeys(readFileSync(join(folder, `${name}.json`), 'utf8'), keyOf)
  const parsed = parseJson(text)
  const lists = isObject(parsed) ? parsed.lists : undefined
  if (!isObject(parsed) || !isObject(lists)) throw new Error(`demo fleet: the seed of ${name} holds no lists`)
  const seconds = Math.floor(now.getTime() / 1000)
  const seed = Object.fromEntries(
    Object.entries(lists).map(([path, list]) => [
      path,
      (Array.isArray(list) ? list : []).filter(isObject).map(entity => dated(entity, seconds)),
    ]),
  )
  const startWith = parsed.unreachable === true ? [{ fault: 'slow' as const, delayMs: 3_600_000 }] : []
  const ledger = readFileSync(join(folder, `${name}.ledger.json`), 'utf8').replaceAll(
    /@ago:(\d+)@/g,
    (_, age: string) => new Date((seconds - Number(age)) * 1000).toISOString(),
  )
  return { gateway: { name, seed, startWith }, ledger: { target: name, text: ledger } }
}

/** A text with the demo's keys in it. */
export function withKeys(text: string, keyOf: (consumer: string) => string): string {
  return text.replaceAll(/@key:([\w-]+)@/g, (_, consumer: string) => keyOf(consumer))
}

function dated(entity: JsonObject, now: number): JsonObject {
  const result = { ...entity }
  for (const field of ['created_at', 'updated_at']) {
    const age = entity[field]
    if (typeof age === 'number') result[field] = now - age
  }
  return result
}
