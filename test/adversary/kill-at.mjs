// Loaded into gatewatch before anything else: kills the process at the nth step of writing its journals down, as
// `GATEWATCH_TEST_KILL=3:before` or `3:after` says; with `GATEWATCH_TEST_COUNT=FILE` it notes how many there are.
import { appendFileSync, promises } from 'node:fs'
import { syncBuiltinESMExports } from 'node:module'

const [at, when] = (process.env.GATEWATCH_TEST_KILL ?? '').split(':')
const counted = process.env.GATEWATCH_TEST_COUNT
let steps = 0

/** @returns whether this step is the one. */
function next() {
  steps += 1
  if (counted) appendFileSync(counted, '.')
  return steps === Number(at)
}

function kill() {
  process.kill(process.pid, 'SIGKILL')
}

const { open } = promises
promises.open = async (path, ...rest) => {
  const handle = await open(path, ...rest)
  if (!String(path).endsWith('.jsonl')) return handle
  for (const name of ['appendFile', 'datasync']) {
    const original = handle[name].bind(handle)
    handle[name] = async (...args) => {
      const isIt = next()
      if (isIt && when === 'before') kill()
      const result = await original(...args)
      if (isIt) kill()
      return result
    }
  }
  return handle
}

const { rename } = promises
promises.rename = async (from, to) => {
  const isIt = String(to).endsWith('head.json') && next()
  if (isIt && when === 'before') kill()
  await rename(from, to)
  if (isIt) kill()
}
syncBuiltinESMExports()
