#!/usr/bin/env node
// The launcher: plain JavaScript that Node 20 understands. It starts the built program in this process
// where this Node is new enough, else with the bundled Node; in a clone that was never built it builds first.
import { existsSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { fileURLToPath, pathToFileURL } from 'node:url'

const root = dirname(dirname(fileURLToPath(import.meta.url)))
const program = join(root, 'dist', 'gatewatch.js')
const [major = 0, minor = 0] = process.versions.node.split('.').map(Number)

if (existsSync(program) && (major > 24 || (major === 24 && minor >= 15))) {
  const { enableCompileCache } = await import('node:module')
  enableCompileCache()
  await import(pathToFileURL(program).href)
} else {
  const { become, ensureNode, prepare } = await import('../scripts/runtime.mjs')
  const node = existsSync(program) ? ensureNode() : prepare()
  become(node, [fileURLToPath(import.meta.url), ...process.argv.slice(2)])
}
