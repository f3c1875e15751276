// `npm run test:peers`: the suites against decK. With --long the random one makes 5,000 steps in place of 200; other
// words go to the test runner.
import { join } from 'node:path'
import { become, ensureBuilt, ensureNode, ensurePackages, root } from './runtime.mjs'

const given = process.argv.slice(2)
if (given.includes('--long')) process.env.GATEWATCH_PEERS_LONG = '1'
const node = ensureNode()
ensurePackages()
ensureBuilt(node)
become(node, [
  join(root, 'node_modules', 'vitest', 'vitest.mjs'),
  'run',
  '--project',
  'peers',
  ...given.filter(word => word !== '--long'),
])
