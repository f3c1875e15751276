// `npm run test:contract`: the contract suites. With --all every recorded pair is synced, not only every third;
// other words go to the test runner.
import { join } from 'node:path'
import { become, ensureBuilt, ensureNode, ensurePackages, root } from './runtime.mjs'

const given = process.argv.slice(2)
if (given.includes('--all')) process.env.GATEWATCH_CONTRACT_ALL = '1'
const node = ensureNode()
ensurePackages()
ensureBuilt(node)
become(node, [
  join(root, 'node_modules', 'vitest', 'vitest.mjs'),
  'run',
  '--project',
  'contract',
  ...given.filter(word => word !== '--all'),
])
