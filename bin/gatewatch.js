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
  const { getHeapSpaceStatistics, setFlagsFromString } = await import('node:v8')
  // Before the cache is opened: code that was compiled under other flags is of no use, and is kept apart from it.
  const { flags, newSpace } = flagsOf(process.argv[2])
  for (const flag of flags) setFlagsFromString(flag)
  if (newSpace !== undefined) {
    const looking = setInterval(() => {
      const space = getHeapSpaceStatistics().find(each => each.space_name === 'new_space')
      if (space && space.space_size < newSpace) return
      setFlagsFromString('--semi-space-growth-factor=1')
      clearInterval(looking)
    }, 10)
    looking.unref()
  }
  const { enableCompileCache } = await import('node:module')
  enableCompileCache()
  await import(pathToFileURL(program).href)
} else {
  const { become, ensureNode, prepare } = await import('../scripts/runtime.mjs')
  const node = existsSync(program) ? ensureNode() : prepare()
  become(node, [fileURLToPath(import.meta.url), ...process.argv.slice(2)])
}

/**
 * V8's flags for a command, and the size in bytes up to which the space for new objects may grow; docs/performance.md
 * says what each is worth. Only commands that compare once and end watch that size: others may run for days.
 */
function flagsOf(command = 'console') {
  // The console keeps running, and has frames to draw.
  if (command === 'console') return { flags: [] }
  const writes = ['sync', 'apply', 'undo'].includes(command)
  const compares = writes || ['diff', 'plan', 'dump'].includes(command)
  // A command creates many short-lived objects and ends: V8 would let the space for new objects grow to many times what
  // is needed. Commands that compare keep more of them, and copy less if they have more room.
  if (!compares) return { flags: ['--semi-space-growth-factor=1'] }
  const flags = [
    '--semi-space-growth-factor=2',
    // Of threads started from here on, in MiB: one that parses a manifest keeps most of what it creates.
    '--min-semi-space-size=4',
    // A comparison goes through many objects once. The last stage of V8's compiler takes longer than it saves there, for
    // 50,000 entities too; the stages before it do their work.
    '--no-opt',
  ]
  return writes ? { flags } : { flags, newSpace: 8 * 2 ** 20 }
}
