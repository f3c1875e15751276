import { join } from 'node:path'
import { parentPort, workerData } from 'node:worker_threads'
import type { RulesetDefinition } from '@stoplight/spectral-core'
import type { Result } from '../../../model/problem.ts'
import { fail, succeed } from '../../../model/problem.ts'
import { readSpecification } from '../../reading/read-specifications.ts'
import type { OwnRuleset } from '../rulesets/own-ruleset.ts'
import { builtinRuleset } from '../rulesets/rulesets.ts'
import { Engine } from './engine.ts'
import type { WorkerInput, WorkerMessage, WorkerResult } from './protocol.ts'

const port = parentPort
if (!port) throw new Error('This file only runs as a worker')

function tell(message: WorkerMessage): void {
  port?.postMessage(message)
}

/** How much memory one function of a ruleset may take: a specification must find room in it. */
const FUNCTION_MEMORY_MB = 512

/** The repository's ruleset, beside those that come with gatewatch. */
async function loadRules({ options }: WorkerInput): Promise<Result<OwnRuleset>> {
  const builtin = (options.builtin ?? ['oas', 'owasp']).map(builtinRuleset)
  if (options.ruleset === undefined) return succeed({ definition: { extends: builtin }, files: [] })
  const { readOwnRuleset } = await import('../rulesets/own-ruleset.ts')
  const own = await readOwnRuleset(options.ruleset, {
    root: options.root,
    functionFolders: options.functionFolders ?? [],
    functionMemory: Math.min(FUNCTION_MEMORY_MB, options.memoryLimitMb ?? FUNCTION_MEMORY_MB),
  })
  if (!own.ok) return fail(own.error)
  const definition: RulesetDefinition = { extends: [...builtin, own.value.definition] }
  return succeed({ definition, files: own.value.files })
}

/** Keeps the number of the rule that is being run where the main thread can read it at any time. */
function ruleTracker(current: SharedArrayBuffer): (rule: string) => void {
  const shared = new Int32Array(current)
  const numbers = new Map<string, number>()
  return rule => {
    let number = numbers.get(rule)
    if (number === undefined) {
      number = numbers.size
      numbers.set(rule, number)
      tell({ type: 'rule', name: rule })
    }
    Atomics.store(shared, 0, number)
  }
}

async function lintFile(engine: Engine, file: string, { options }: WorkerInput): Promise<WorkerResult> {
  const { root, allowedHosts, design } = options
  const read = await readSpecification(file, {
    root,
    ...(allowedHosts ? { allowedHosts } : {}),
    ...(design === undefined ? {} : { design }),
  })
  if (!read.ok) return { findings: [], problems: read.error, read: [file], unread: [] }
  const spec = read.value
  const found = await engine.run(spec, root)
  return { ...found, read: [...new Set([file, ...spec.files.keys()])], unread: [...spec.unread.keys()] }
}

async function main(input: WorkerInput): Promise<void> {
  const rules = await loadRules(input)
  if (!rules.ok) return tell({ type: 'failed', problems: rules.error })
  const source = join(input.options.root, input.options.ruleset ?? 'ruleset.yaml')
  const engine = new Engine(rules.value.definition, source, ruleTracker(input.current))
  tell({ type: 'ready', rulesetFiles: rules.value.files })
  for (const file of input.files) {
    tell({ type: 'started', file })
    tell({ type: 'done', file, result: await lintFile(engine, file, input) })
  }
}

const input: WorkerInput = workerData
await main(input)
