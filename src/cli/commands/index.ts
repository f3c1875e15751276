import type { Subcommand } from '../command.ts'

/**
 * All subcommands by name, in the order of the help. Each is loaded on demand: a command doesn't wait for what only
 * others need.
 */
export const subcommands: Readonly<Record<string, () => Promise<Subcommand>>> = {
  console: async () => (await import('./console.ts')).console,
  fleet: async () => (await import('./fleet.ts')).fleet,
  inventory: async () => (await import('./inventory.ts')).inventory,
  diff: async () => (await import('./diff.ts')).diff,
  plan: async () => (await import('./plan.ts')).plan,
  apply: async () => (await import('./apply.ts')).apply,
  sync: async () => (await import('./sync.ts')).sync,
  undo: async () => (await import('./undo.ts')).undo,
  history: async () => (await import('./history.ts')).history,
  journal: async () => (await import('./journal.ts')).journal,
  generate: async () => (await import('./generate.ts')).generate,
  mock: async () => (await import('./mock.ts')).mock,
  publish: async () => (await import('./publish.ts')).publish,
  lint: async () => (await import('./lint.ts')).lint,
  check: async () => (await import('./check.ts')).check,
  policy: async () => (await import('./policy.ts')).policy,
  coverage: async () => (await import('./coverage.ts')).coverage,
  validate: async () => (await import('./validate.ts')).validate,
  render: async () => (await import('./render.ts')).render,
  convert: async () => (await import('./convert.ts')).convert,
  merge: async () => (await import('./merge.ts')).merge,
  patch: async () => (await import('./patch.ts')).patch,
  'add-plugins': async () => (await import('./add-plugins.ts')).addPlugins,
  namespace: async () => (await import('./namespace.ts')).namespace,
  'add-tags': async () => (await import('./add-tags.ts')).addTags,
  'remove-tags': async () => (await import('./remove-tags.ts')).removeTags,
  'list-tags': async () => (await import('./list-tags.ts')).listTags,
  explain: async () => (await import('./explain.ts')).explain,
  traffic: async () => (await import('./traffic.ts')).traffic,
  dump: async () => (await import('./dump.ts')).dump,
  reset: async () => (await import('./reset.ts')).reset,
  doctor: async () => (await import('./doctor.ts')).doctor,
  demo: async () => (await import('./demo.ts')).demo,
  trust: async () => (await import('./trust.ts')).trust,
  init: async () => (await import('./init.ts')).init,
  sandbox: async () => (await import('./sandbox.ts')).sandbox,
}
