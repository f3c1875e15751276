// `npm start`: prepare, then run the program; without arguments it opens the demo fleet.
import { join } from 'node:path'
import { become, prepare, root } from './runtime.mjs'

const given = process.argv.slice(2)
const node = prepare()
become(node, [join(root, 'bin', 'gatewatch.js'), ...(given.length > 0 ? given : ['demo'])])
