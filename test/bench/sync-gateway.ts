import * as z from 'zod'
import { launchSandbox } from '../../src/sandbox/index.ts'
import type { BenchOptions } from './bench-options.ts'
import { cpuMsOf } from './process-cost.ts'

/** An empty gateway to measure with; disposing of it empties or ends it. */
export interface BenchGateway extends AsyncDisposable {
  readonly address: string
  /** Requests so far, as the gateway counts them itself. */
  requests(): Promise<number>
  /** The gateway's own CPU time so far in milliseconds; undefined where it can't be told from here. */
  cpuMs(): number | undefined
}

const status = z.object({ server: z.object({ total_requests: z.number() }) })

async function json(url: string, init?: RequestInit): Promise<unknown> {
  const answer = await fetch(url, init)
  if (!answer.ok) throw new Error(`${init?.method ?? 'GET'} ${url}: ${answer.status} ${await answer.text()}`)
  return answer.status === 204 ? undefined : answer.json()
}

async function requestsOf(address: string): Promise<number> {
  return status.parse(await json(`${address}/status`)).server.total_requests
}

/** An empty gateway of the sandbox, or the one that was named. */
export async function startGateway({ kongAddr, paced }: BenchOptions): Promise<BenchGateway> {
  if (kongAddr !== undefined) {
    const address = kongAddr.replace(/\/+$/, '')
    await refuseUnlessEmpty(address)
    return {
      address,
      requests: () => requestsOf(address),
      cpuMs: () => undefined,
      [Symbol.asyncDispose]: () => empty(address),
    }
  }
  const sandbox = await launchSandbox({
    gateways: [{ name: 'bench', proxyPort: false, ...(paced ? { pace: 'kong' } : {}) }],
  })
  const address = sandbox.gateways[0]?.adminUrl ?? ''
  return {
    address,
    requests: () => requestsOf(address),
    cpuMs: () => (sandbox.pid === undefined ? undefined : cpuMsOf(sandbox.pid)),
    [Symbol.asyncDispose]: () => sandbox.stop(),
  }
}

/** What the manifests of the benchmark bring, each after what hangs on it. */
const lists = ['plugins', 'routes', 'services', 'consumers', 'upstreams']
const page = z.object({ data: z.array(z.object({ id: z.string() })) })

async function idsIn(address: string, list: string): Promise<readonly string[]> {
  return page.parse(await json(`${address}/${list}?size=1000`)).data.map(({ id }) => id)
}

async function refuseUnlessEmpty(address: string): Promise<void> {
  for (const list of lists) {
    const ids = await idsIn(address, list)
    if (ids.length > 0) throw new Error(`${address} holds ${list}: name a gateway that holds nothing`)
  }
}

async function empty(address: string): Promise<void> {
  for (const list of lists) {
    for (let ids = await idsIn(address, list); ids.length > 0; ids = await idsIn(address, list)) {
      const queue = ids.values()
      const worker = async (): Promise<void> => {
        for (const id of queue) await json(`${address}/${list}/${id}`, { method: 'DELETE' })
      }
      await Promise.all(Array.from({ length: 16 }, worker))
    }
  }
}
