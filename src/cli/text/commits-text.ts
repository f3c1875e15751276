import type { Json } from '../../model/json.ts'
import { countChanges, type Drift } from '../../reconcile/drift/drift.ts'
import { hiddenJson } from './text-parts.ts'

/** What differs between two commits, for programs. Secrets are shown as `••••`. */
export function commitsJson(drift: Drift): Json {
  return {
    target: drift.target,
    summary: { ...countChanges(drift.changes) },
    changes: drift.changes.map(change => ({
      operation: change.operation,
      kind: change.kind,
      name: change.name,
      fields: change.fields.map(field => ({
        path: field.path,
        base: hiddenJson(field.live),
        head: hiddenJson(field.git),
      })),
      ...(change.source ? { source: { ...change.source } } : {}),
      ...(change.commit ? { commit: { ...change.commit } } : {}),
    })),
    equal: drift.equal,
  }
}
