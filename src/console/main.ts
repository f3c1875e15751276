import type { Workflows } from '../workflows/values.ts'

/** Opens the console; resolves with the exit code. */
export async function openConsole(workflows: Workflows, _options: { readonly now: () => Date }): Promise<number> {
  await workflows.refresh()
  return 0
}
