// `npm run bench [NAME…] [options]`: measures and prints; nothing here passes or fails by a time, machines differ.
// Each file beside this one but its parts exports `bench()`, which returns the lines to print.
import { readdirSync } from 'node:fs'
import { dirname } from 'node:path'
import { fileURLToPath, pathToFileURL } from 'node:url'
import { parseArgs } from 'node:util'
import type { BenchOptions } from './bench-options.ts'

interface Bench {
  bench(options: BenchOptions): Promise<string>
}

function isBench(module: unknown): module is Bench {
  return (
    typeof module === 'object' && module !== null && 'bench' in module && typeof module.bench === 'function'
  )
}

const { values, positionals: wanted } = parseArgs({
  allowPositionals: true,
  options: {
    'kong-addr': { type: 'string' },
    long: { type: 'boolean', default: false },
    pace: { type: 'boolean', default: false },
    entities: { type: 'string' },
  },
})
const options: BenchOptions = {
  kongAddr: values['kong-addr'],
  long: values.long,
  paced: values.pace,
  entities: values.entities === undefined ? undefined : Number(values.entities),
}
const folder = dirname(fileURLToPath(import.meta.url))
const names = readdirSync(folder)
  .filter(name => name.endsWith('.ts') && name !== 'main.ts')
  .map(name => name.slice(0, -'.ts'.length))
  .filter(name => wanted.length === 0 || wanted.includes(name))

for (const name of names) {
  // Parts of a benchmark are programs of their own and have a name with a dash.
  if (name.includes('-')) continue
  const module: unknown = await import(pathToFileURL(`${folder}/${name}.ts`).href)
  if (!isBench(module)) continue
  process.stdout.write(`== ${name}\n${(await module.bench(options)).trimEnd()}\n\n`)
}
