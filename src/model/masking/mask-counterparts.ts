import { type Entity, isSecretMark } from '../entity.ts'
import type { KindDefinition } from '../schema/kind-definition.ts'
import type { KnownKeys } from '../state/known-keys.ts'
import type { UnbuiltEntity } from '../state/state-input.ts'
import { fieldsMaskedLike, isVariable } from './masks.ts'
import { maskAll, type SecretSink } from './secret-marks.ts'

/**
 * Entities masked so that both sides can be compared: what a manifest takes from variables is masked at the gateway
 * too, and a unique field that is masked in one entity is masked in all of its kind, because its values are looked up
 * among all.
 */
export function maskedAlike(
  drafts: readonly UnbuiltEntity[],
  keys: readonly string[],
  { kind, identity: { unique } }: KindDefinition,
  { known, secrets }: { readonly known?: KnownKeys; readonly secrets: SecretSink },
): (i: number) => Entity {
  const wanted = known?.maskedOf(kind) ?? []
  const own = drafts.filter(({ entity }) => entity.masked).map(({ entity }) => entity)
  const masked = [...wanted, ...own]
  if (masked.length === 0) return i => entityOf(drafts, i)
  const fields = [...new Set(unique.flat())].filter(field =>
    masked.some(({ fields: { [field]: value } }) => isSecretMark(value) && isVariable(value)),
  )
  const byKey = new Map(wanted.map(entity => [entity.key, entity]))
  return i => {
    const entity = entityOf(drafts, i)
    const like = byKey.get(keys[i] ?? entity.key)
    let masked = like ? fieldsMaskedLike(entity.fields, like.fields, secrets) : entity.fields
    for (const field of fields) {
      const value = masked[field] ?? null
      // What identifies it is in its name.
      if (value === entity.name || value === entity.key) continue
      const hidden = maskAll(value, 'variable', secrets)
      if (hidden !== value) masked = { ...masked, [field]: hidden }
    }
    return masked === entity.fields ? entity : { ...entity, fields: masked, masked: true }
  }
}

function entityOf(drafts: readonly UnbuiltEntity[], i: number): Entity {
  const draft = drafts[i]
  if (!draft) throw new RangeError(`there is no entity ${i}`)
  return draft.entity
}
