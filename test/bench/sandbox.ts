import { launchSandbox } from '../../src/sandbox/index.ts'
import { type KeepAlive, onAll, openConnections } from './keep-alive.ts'

const writes = 10_000
const inParallel = 16

/** Makes requests on all connections; answers how many a second. */
async function writeRate(connections: readonly KeepAlive[], count: number): Promise<number> {
  const started = performance.now()
  const numbers = Array.from({ length: count }, (_, i) => i)
  await onAll(connections, numbers, async (connection, i) => {
    const body = {
      name: `r${i}`,
      paths: [`/path/${i}`],
      hosts: [`h${i}.example`],
      tags: ['bench'],
      service: { name: 's' },
    }
    await connection.send('POST', '/routes', JSON.stringify(body))
  })
  return (1000 * count) / (performance.now() - started)
}

/** Lists everything of a kind, page by page; answers how many entities a second. */
async function listingRate(connection: KeepAlive, expected: number): Promise<number> {
  const started = performance.now()
  let entities = 0
  let next: string | null = '/routes?size=1000'
  while (next !== null) {
    const page: { data: unknown[]; next: string | null } = JSON.parse(
      (await connection.send('GET', next)).body,
    )
    entities += page.data.length
    next = page.next
  }
  if (entities !== expected) throw new Error(`${entities} of ${expected} entities are listed`)
  return (1000 * entities) / (performance.now() - started)
}

async function measure(
  pace: 'kong' | undefined,
): Promise<{ readonly writes: number; readonly listed: number }> {
  await using sandbox = await launchSandbox({ gateways: [{ name: 'bench', proxyPort: false, pace }] })
  const connections = openConnections(sandbox.gateways[0]?.adminUrl ?? '', inParallel)
  const [first] = connections
  if (first === undefined) throw new Error('no connection')
  await first.send('POST', '/services', JSON.stringify({ name: 's', host: 'upstream.example' }))
  const count = pace === undefined ? writes : writes / 5
  const result = { writes: await writeRate(connections, count), listed: await listingRate(first, count) }
  for (const connection of connections) connection.close()
  return result
}

/** How fast the sandbox gateway is, so that it never is what a benchmark measures. */
export async function bench(): Promise<string> {
  const started = performance.now()
  await (await launchSandbox({ gateways: [{ name: 'start' }] })).stop()
  const start = performance.now() - started
  const fast = await measure(undefined)
  const paced = await measure('kong')
  const rounded = (value: number) => Math.round(value).toLocaleString('en')
  return [
    `sandbox: started and stopped in ${rounded(start)} ms`,
    `sandbox: ${rounded(fast.writes)} writes/s (aim: 3,000), ${rounded(fast.listed)} listed entities/s (aim: 10,000)`,
    `sandbox at the pace of a real gateway: ${rounded(paced.writes)} writes/s, ${rounded(paced.listed)} listed entities/s`,
  ].join('\n')
}
