// Runs a development tool of node_modules with the Node that the project needs:
// `node scripts/run.mjs vitest run` . With --built first, dist/ is brought up to date before; with --long the suites
// that can go on for long do.
import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { become, ensureBuilt, ensureNode, ensurePackages, root } from './runtime.mjs'

const given = process.argv.slice(2)
if (given.includes('--long')) process.env.GATEWATCH_LONG = '1'
const words = given.filter(word => word !== '--long')
const built = words[0] === '--built'
const [tool, ...args] = built ? words.slice(1) : words
const node = ensureNode()
ensurePackages()
if (built) ensureBuilt(node)

/** The script behind a tool's name: a file of ours, or the bin entry of a package. */
function scriptOf(name) {
  if (existsSync(join(root, name))) return join(root, name)
  const homes = { biome: '@biomejs/biome', depcruise: 'dependency-cruiser', tsc: 'typescript' }
  const folder = join(root, 'node_modules', homes[name] ?? name)
  const { bin } = JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8'))
  return join(folder, typeof bin === 'string' ? bin : bin[name])
}

if (tool === 'node') become(node, args)
else become(node, [scriptOf(tool), ...args])
