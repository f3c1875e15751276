import { Agent, request } from 'node:http'
import { launchSandbox } from '../../src/sandbox/index.ts'

const writes = 10_000
const inParallel = 16

/** Sends one request on a connection that is kept. */
function send(agent: Agent, base: URL, method: string, path: string, body?: string): Promise<string> {
  const headers: Record<string, string | number> =
    body === undefined
      ? {}
      : { 'content-type': 'application/json', 'content-length': Buffer.byteLength(body) }
  return new Promise((resolve, reject) => {
    const outgoing = request(
      { agent, hostname: base.hostname, port: base.port, method, path, headers },
      incoming => {
        const chunks: Buffer[] = []
        incoming.on('data', (chunk: Buffer) => chunks.push(chunk))
        incoming.on('end', () => resolve(Buffer.concat(chunks).toString('utf8')))
        incoming.on('error', reject)
      },
    )
    outgoing.on('error', reject)
    outgoing.end(body)
  })
}

/** Makes requests a few at a time; answers how many a second. */
async function rate(count: number, make: (i: number) => Promise<unknown>): Promise<number> {
  const started = performance.now()
  let next = 0
  const worker = async () => {
    while (next < count) await make(next++)
  }
  await Promise.all(Array.from({ length: inParallel }, worker))
  return (1000 * count) / (performance.now() - started)
}

/** Lists everything of a kind, page by page; answers how many entities a second. */
async function listingRate(agent: Agent, base: URL): Promise<number> {
  const started = performance.now()
  let entities = 0
  let next: string | null = '/routes?size=1000'
  while (next !== null) {
    const page: { data: unknown[]; next: string | null } = JSON.parse(await send(agent, base, 'GET', next))
    entities += page.data.length
    next = page.next
  }
  return (1000 * entities) / (performance.now() - started)
}

async function measure(
  pace: 'kong' | undefined,
): Promise<{ readonly writes: number; readonly listed: number }> {
  await using sandbox = await launchSandbox({ gateways: [{ name: 'bench', proxyPort: false, pace }] })
  const base = new URL(sandbox.gateways[0]?.adminUrl ?? '')
  const agent = new Agent({ keepAlive: true, maxSockets: inParallel })
  await send(agent, base, 'POST', '/services', JSON.stringify({ name: 's', host: 'upstream.example' }))
  const count = pace === undefined ? writes : writes / 5
  const write = (i: number) => {
    const body = {
      name: `r${i}`,
      paths: [`/path/${i}`],
      hosts: [`h${i}.example`],
      tags: ['bench'],
      service: { name: 's' },
    }
    return send(agent, base, 'POST', '/routes', JSON.stringify(body))
  }
  const result = { writes: await rate(count, write), listed: await listingRate(agent, base) }
  agent.destroy()
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
