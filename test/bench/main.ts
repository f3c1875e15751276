// `npm run bench [NAME…]`: measures and prints; nothing here passes or fails by a time, machines differ.
// Each file beside this one but its parts exports `bench()`, which returns the lines to print.
import { readdirSync } from 'node:fs'
import { dirname } from 'node:path'
import { fileURLToPath, pathToFileURL } from 'node:url'

interface Bench {
  bench(): Promise<string>
}

function isBench(module: unknown): module is Bench {
  return (
    typeof module === 'object' && module !== null && 'bench' in module && typeof module.bench === 'function'
  )
}

const folder = dirname(fileURLToPath(import.meta.url))
const wanted = process.argv.slice(2)
const names = readdirSync(folder)
  .filter(name => name.endsWith('.ts') && name !== 'main.ts')
  .map(name => name.slice(0, -'.ts'.length))
  .filter(name => wanted.length === 0 || wanted.includes(name))

for (const name of names) {
  // Parts of a benchmark are programs of their own and have a name with a dash.
  if (name.includes('-')) continue
  const module: unknown = await import(pathToFileURL(`${folder}/${name}.ts`).href)
  if (!isBench(module)) continue
  process.stdout.write(`== ${name}\n${(await module.bench()).trimEnd()}\n\n`)
}
