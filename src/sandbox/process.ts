import { createInterface } from 'node:readline'
import { ConfigurationError, readConfiguration, type SandboxReady } from './configuration.ts'
import { loadYamlReader } from './declarative/yaml-reader.ts'
import { loadFacts } from './facts.ts'
import { Gateway } from './gateway.ts'
import { schemaLibrary } from './schema/library.ts'

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
  const facts = loadFacts(configuration.schemas)
  const library = schemaLibrary(facts)
  const readsYaml = configuration.gateways.some(({ dbless }) => dbless === true)
  const readYaml = readsYaml ? await loadYamlReader() : undefined
  const gateways = configuration.gateways.map(one => new Gateway(one, facts, library, readYaml))
  await Promise.all(gateways.map(gateway => gateway.start()))
  const ready: SandboxReady = {
    gateways: gateways.map(({ name, adminUrl, proxyUrl }) => ({ name, adminUrl, proxyUrl })),
    controlUrl: null,
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
  process.stderr.write(
    `sandbox: ${error instanceof ConfigurationError ? message : (error instanceof Error && error.stack) || message}\n`,
  )
  process.exit(1)
})
