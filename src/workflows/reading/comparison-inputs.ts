import type { Coverage, Kind } from '../../model/entity.ts'
import type { Schemas } from '../../model/schema/schema.ts'
import type { Manifest } from '../../providers/manifest.ts'
import { isExpired } from '../../reconcile/drift/ignore-rules.ts'
import type { GatewayTarget } from '../project/project.ts'

/** The schemas that were used. */
export interface SchemasUsed {
  readonly schemas: Schemas
  /** The names of plugins and the like that are used: each has its own schema. */
  readonly variants: ReadonlyMap<Kind, ReadonlySet<string>>
}

/** Everything that a comparison of a target with its manifests depends on. */
export interface ComparisonInputs extends SchemasUsed {
  readonly settings: GatewayTarget
  /** The same object while no file changed. */
  readonly manifest: Manifest
  /** What the gateway answered, by kind; null if it is unknown whether it would answer that again. */
  readonly live: string | null
  readonly ledgerVersion: string | null
  /** Why it is unknown how the gateway answers requests. */
  readonly unmodelled: string | undefined
  /** When it was made: rules end at a moment. */
  readonly at: Date
}

/** The gateway's answers as one text: digests of its lists, and which kinds it lacks. */
export function answersText(
  coverage: ReadonlyMap<Kind, Coverage>,
  digests: ReadonlyMap<Kind, string>,
): string | null {
  const lines: string[] = []
  for (const [kind, each] of coverage) {
    const digest = digests.get(kind)
    if (each.state === 'absent') lines.push(`${kind} ${each.reason.message}`)
    else if (each.state === 'complete' && digest !== undefined) lines.push(`${kind} ${digest}`)
    else return null
  }
  return lines.sort().join('\n')
}

/** Whether two comparisons must have the same result. */
export function areAlike(a: ComparisonInputs, b: ComparisonInputs): boolean {
  return (
    a.settings === b.settings &&
    a.manifest === b.manifest &&
    a.live !== null &&
    a.live === b.live &&
    a.ledgerVersion === b.ledgerVersion &&
    a.unmodelled === b.unmodelled &&
    a.settings.ignore.every(rule => isExpired(rule, a.at) === isExpired(rule, b.at)) &&
    areSameSchemas(a, b)
  )
}

/** Schemas are cached by what they depend on: the same one is the same object. */
export function areSameSchemas(a: SchemasUsed, b: SchemasUsed): boolean {
  if (a.schemas.size !== b.schemas.size) return false
  return [...a.schemas].every(([kind, schema]) => {
    const other = b.schemas.get(kind)
    const names = [...(a.variants.get(kind) ?? [])]
    return (
      other?.record === schema.record && names.every(name => other.variant?.(name) === schema.variant?.(name))
    )
  })
}
