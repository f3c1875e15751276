import { mkdtempSync, writeFileSync } from 'node:fs'
import { rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { manifestYaml } from '../../src/providers/kong/manifest/writing/write.ts'
import type { BenchOptions } from './bench-options.ts'
import type { Cost } from './process-cost.ts'
import { floorOfReads, floorOfWrites, opens, startRecorder } from './sync-floor.ts'
import { type BenchGateway, startGateway } from './sync-gateway.ts'
import { benchManifest, type ManifestShape } from './sync-manifest.ts'
import { deckTool, gatewatchTool, type Task, type Tool } from './sync-tools.ts'

/** What is measured, in the order in which it is told. */
const rows = ['first sync', 'no-op diff', 'dump', '1% changed, sync']

/** What reads a gateway only, and how often: the median counts. */
const reads: readonly { readonly name: string; readonly task: Task }[] = [
  { name: 'no-op diff', task: 'diff' },
  { name: 'dump', task: 'dump' },
]
const readTimes = 5

interface Measured extends Cost {
  readonly requests: number
  readonly gatewayCpuMs: number | undefined
}

interface Floor {
  readonly readMs: number
  readonly writeMs: number
  /** What it costs that services and routes are made closed, and opened once all below them stands. */
  readonly opening: { readonly requests: number; readonly ofRequests: number; readonly ms: number }
}

const sizes: readonly ManifestShape[] = [{ entities: 1_000 }, { entities: 10_800 }]
const longSizes: readonly ManifestShape[] = [{ entities: 50_000 }, { entities: 200_000, consumersOnly: true }]

function median(values: readonly Measured[]): Measured {
  const middle = values.toSorted((a, b) => a.wallMs - b.wallMs)[Math.floor(values.length / 2)]
  if (!middle) throw new Error('nothing was measured')
  // Memory is what it takes to be sure: the most of all runs.
  return { ...middle, peakMiB: Math.max(...values.map(each => each.peakMiB)) }
}

async function measured(gateway: BenchGateway, run: () => Promise<Cost>): Promise<Measured> {
  const cpu = gateway.cpuMs()
  const requests = await gateway.requests()
  const cost = await run()
  const after = gateway.cpuMs()
  return {
    ...cost,
    // The question itself is one.
    requests: (await gateway.requests()) - requests - 1,
    gatewayCpuMs: cpu === undefined || after === undefined ? undefined : after - cpu,
  }
}

interface Files {
  readonly file: string
  readonly changed: string
  readonly folder: string
}

type Figures = Map<string, Measured>

/**
 * Each tool syncs an empty gateway of its own. What only reads is run in turns on what the last one left, so that what
 * a gateway does for itself after so many writes is the same for all.
 */
async function measureTools(
  tools: readonly Tool[],
  files: Files,
  options: BenchOptions,
): Promise<readonly Figures[]> {
  const found = tools.map((tool): { tool: Tool; state: string; figures: Figures } => {
    return { tool, state: mkdtempSync(join(files.folder, 'state-')), figures: new Map() }
  })
  for (const each of found) {
    await using gateway = await startGateway(options)
    const run = ({ tool, state }: typeof each, task: Task, file = files.file): Promise<Measured> =>
      measured(gateway, () => tool.run(task, gateway.address, file, state))
    each.figures.set('first sync', await run(each, 'sync'))
    for (const { name, task } of each === found.at(-1) ? reads : []) {
      const costs = found.map((): Measured[] => [])
      for (let i = 0; i < readTimes; i++)
        for (const [at, one] of found.entries()) costs[at]?.push(await run(one, task))
      for (const [at, one] of found.entries()) one.figures.set(name, median(costs[at] ?? []))
    }
    each.figures.set('1% changed, sync', await run(each, 'sync', files.changed))
  }
  return found.map(({ figures }) => figures)
}

/** Records what gatewatch asks, and makes the same requests again on an empty gateway with nothing around them. */
async function measureFloor(files: Files, options: BenchOptions): Promise<Floor> {
  const state = mkdtempSync(join(files.folder, 'state-'))
  let recorded: Parameters<typeof floorOfWrites>[1]
  {
    await using gateway = await startGateway(options)
    await using recorder = await startRecorder(gateway.address)
    await gatewatchTool.run('sync', recorder.address, files.file, state)
    recorded = [...recorder.requests]
  }
  const ofRequests = recorded.filter(({ method, path }) => method !== 'GET' && !path.endsWith('/validate'))
  const requests = recorded.filter(opens).length
  let closedMs: number
  {
    await using gateway = await startGateway(options)
    closedMs = await floorOfWrites(
      gateway.address,
      recorded.filter(each => !opens(each)),
    )
  }
  await using gateway = await startGateway(options)
  const writeMs = await floorOfWrites(gateway.address, recorded)
  const opening = { requests, ofRequests: ofRequests.length, ms: writeMs - closedMs }
  return { writeMs, readMs: await floorOfReads(gateway.address, recorded), opening }
}

const seconds = (milliseconds: number): string => `${(milliseconds / 1000).toFixed(2)} s`

function line(name: string, tool: string, cost: Measured): string {
  const gateway = cost.gatewayCpuMs === undefined ? '' : `  ${seconds(cost.gatewayCpuMs).padStart(9)}`
  const own = [seconds(cost.wallMs), seconds(cost.cpuMs), `${Math.round(cost.peakMiB)} MiB`]
  const cells = [...own, cost.requests.toLocaleString('en')].map(text => text.padStart(9)).join('')
  return `${name.padEnd(18)}${tool.padEnd(11)}${cells}${gateway}`
}

function table(title: string, ours: Figures, decks: Figures | undefined, floor: Floor): readonly string[] {
  const head = ['time', 'CPU', 'peak', 'requests'].map(text => text.padStart(9)).join('')
  const lines = [title, `${''.padEnd(29)}${head}  gateway's own CPU`]
  for (const name of rows) {
    const own = ours.get(name)
    const deck = decks?.get(name)
    if (own) lines.push(line(name, gatewatchTool.name, own))
    if (!own || !deck) continue
    const ratio = (of: keyof Cost): string => (own[of] / deck[of]).toFixed(2)
    lines.push(line('', 'decK', deck))
    lines.push(
      `${''.padEnd(18)}of decK's  time ${ratio('wallMs')}, CPU ${ratio('cpuMs')}, memory ${ratio('peakMiB')}`,
    )
  }
  const times = (name: string, ms: number): string => ((ours.get(name)?.wallMs ?? Number.NaN) / ms).toFixed(1)
  lines.push(
    `floor: writes ${seconds(floor.writeMs)} (first sync is ${times('first sync', floor.writeMs)} times that), reads ${seconds(floor.readMs)} (no-op diff ${times('no-op diff', floor.readMs)} times, dump ${times('dump', floor.readMs)} times)`,
  )
  const { requests, ofRequests, ms } = floor.opening
  const share = ((100 * requests) / ofRequests).toFixed(1)
  lines.push(
    `opening last: ${requests.toLocaleString('en')} of ${ofRequests.toLocaleString('en')} writes of the first sync (${share}%), ${seconds(ms)} of its floor`,
  )
  return lines
}

async function measureSize(shape: ManifestShape, options: BenchOptions): Promise<readonly string[]> {
  const folder = mkdtempSync(join(tmpdir(), 'gatewatch-bench-'))
  try {
    const files = { folder, file: join(folder, 'kong.yaml'), changed: join(folder, 'changed.yaml') }
    writeFileSync(files.file, manifestYaml(benchManifest(shape)))
    writeFileSync(files.changed, manifestYaml(benchManifest({ ...shape, changed: true })))
    const deck = deckTool()
    const [ours, decks] = await measureTools([gatewatchTool, ...(deck ? [deck] : [])], files, options)
    if (!ours) throw new Error('nothing was measured')
    const floor = await measureFloor(files, options)
    const what = shape.consumersOnly ? 'consumers and their keys' : 'entities'
    return table(`${shape.entities.toLocaleString('en')} ${what}`, ours, decks, floor)
  } finally {
    await rm(folder, { recursive: true })
  }
}

/** gatewatch and decK side by side, each on an empty gateway of its own, and what the same requests take by themselves. */
export async function bench(options: BenchOptions): Promise<string> {
  const shapes =
    options.entities === undefined
      ? [...sizes, ...(options.long ? longSizes : [])]
      : [{ entities: options.entities }]
  const where =
    options.kongAddr ??
    (options.paced ? 'the sandbox, at the pace of a real gateway' : 'the sandbox, as fast as it can')
  const lines = [`on ${where}; decK ${deckTool() ? 'beside it' : 'is not here'}`]
  for (const shape of shapes) lines.push('', ...(await measureSize(shape, options)))
  return lines.join('\n')
}
