import { execFile } from 'node:child_process'
import { dirname } from 'node:path'
import { deckPath, isRecord } from './recordings.ts'

/** What decK said, and whether it did what it was asked. */
export interface DeckRun {
  readonly ok: boolean
  /** Standard output and standard error together. */
  readonly output: string
}

const shared = dirname(dirname(deckPath))

/** Runs decK against a gateway. Files are named from the folder that holds the recordings. */
export function deck(adminUrl: string, ...words: readonly string[]): Promise<DeckRun> {
  const env: NodeJS.ProcessEnv = { ...process.env }
  for (const name of Object.keys(env)) if (name.startsWith('DECK_')) delete env[name]
  return new Promise(resolve => {
    execFile(
      deckPath,
      ['--kong-addr', adminUrl, 'gateway', ...words],
      { cwd: shared, env, maxBuffer: 64 * 1024 * 1024 },
      (error, stdout, stderr) => resolve({ ok: error === null, output: `${stdout}${stderr}` }),
    )
  })
}

const linesOf = (text: string): string[] =>
  text
    .split('\n')
    .map(line => line.trim())
    .filter(line => line !== '')
    .sort()

/**
 * What decK says went wrong, each reason once and in an order of its own. It works in parallel: how many of its steps
 * fail for the same reason before it stops, and which, hangs on which were under way. So the name of the entity that a
 * step is for is left out.
 */
export function complaints(output: string): string[] {
  const at = output.lastIndexOf('Error:')
  const lines = linesOf(at < 0 ? output : output.slice(at))
    .filter(line => !/^Error: \d+ errors occurred:$/.test(line))
    .map(line => line.replace(/^(?:while processing event: )?(?:\w+ )?([\w-]+) \S+ failed: /, '$1 failed: '))
  return [...new Set(lines)].sort()
}

/** Lines of recorded output that decK does not say here. The recordings keep its end: a line may be cut. */
export function unsaid(recorded: string, output: string): string[] {
  const said = linesOf(output)
  return linesOf(recorded).filter(line => !said.some(here => here.endsWith(line)))
}

/** What decK would do, as it says with `--json-output`: how many creates, updates and deletes. */
export async function deckDiff(adminUrl: string, file: string): Promise<unknown> {
  const { output } = await deck(adminUrl, 'diff', file, '--json-output')
  const json: unknown = JSON.parse(output.slice(output.indexOf('{'), output.lastIndexOf('}') + 1))
  return isRecord(json) ? json.summary : undefined
}
