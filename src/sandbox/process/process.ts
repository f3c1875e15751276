import type { AddressInfo } from 'node:net'
import { createInterface } from 'node:readline'
import { loadYamlReader } from '../declarative/yaml-reader.ts'
import { loadFacts } from '../facts.ts'
import { type Flavour, flavours, withFlavour } from '../gateway/flavours.ts'
import { Gateway, type GatewayParts } from '../gateway/gateway.ts'
import { schemaLibrary } from '../schema/compile/library.ts'
import {
  ConfigurationError,
  readConfiguration,
  type SandboxConfiguration,
  type SandboxReady,
} from './configuration.ts'
import { controlServer } from './control.ts'

const [usual] = flavours

async function startGateways(configuration: SandboxConfiguration): Promise<Gateway[]> {
  const facts = loadFacts(configuration.schemas)
  const readsFiles = configuration.gateways.some(
    ({ dbless, stateFile }) => dbless === true || stateFile !== undefined,
  )
  const readYaml = readsFiles ? await loadYamlReader() : undefined
  const parts = new Map<Flavour, GatewayParts>()
  const partsOf = (flavour: Flavour): GatewayParts => {
    const own = withFlavour(facts, flavour)
    const made = parts.get(flavour) ?? { facts: own, library: schemaLibrary(own), readYaml }
    parts.set(flavour, made)
    return made
  }
  const gateways = configuration.gateways.map(one => new Gateway(one, partsOf(one.routerFlavor ?? usual)))
  await Promise.all(gateways.map(gateway => gateway.start()))
  return gateways
}

/** Starts the control server where a gateway may be controlled; answers its address. */
async function startControl(gateways: readonly Gateway[], port: number): Promise<string | null> {
  if (!gateways.some(({ hasControl }) => hasControl)) return null
  const server = controlServer(gateways)
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject)
    server.listen(port, '127.0.0.1', resolve)
  })
  const address: AddressInfo | string | null = server.address()
  return address !== null && typeof address === 'object' ? `http://127.0.0.1:${address.port}` : null
}

/**
 * The sandbox process: reads its configuration as one JSON line on standard input, says on standard output where its
 * gateways listen, and ends when standard input closes, so that it never outlives the program that started it.
 */
async function main(): Promise<void> {
  const input = createInterface({ input: process.stdin })
  const lines = input[Symbol.asyncIterator]()
  const first = await lines.next()
  if (first.done === true) return
  const configuration = readConfiguration(first.value)
  const gateways = await startGateways(configuration)
  const controlUrl = await startControl(gateways, configuration.controlPort ?? 0)
  const ready: SandboxReady = {
    gateways: gateways.map(({ name, adminUrl, proxyUrl }) => ({ name, adminUrl, proxyUrl })),
    controlUrl,
  }
  process.stdout.write(`${JSON.stringify(ready)}\n`)
  const end = async () => {
    await Promise.all(gateways.map(gateway => gateway.stop()))
    process.exit(0)
  }
  process.on('SIGTERM', end)
  process.on('SIGINT', end)
  input.on('close', end)
  for await (const _ of lines);
}

main().catch((error: unknown) => {
  const message = error instanceof Error ? error.message : String(error)
  const stack = error instanceof Error && !(error instanceof ConfigurationError) ? error.stack : undefined
  process.stderr.write(`sandbox: ${stack ?? message}\n`)
  process.exit(1)
})
