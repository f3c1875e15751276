import type { JsonObject } from '../model/json.ts'
import { asString } from '../model/json.ts'
import { readableFields } from '../model/masking/masks.ts'
import type { KindMeaning } from '../model/schema/kind-meaning.ts'
import { entitiesOf, type State } from '../model/state/state.ts'

/** How many entities lead to each of the names that they give in a field, as services to upstreams. */
export function timesNamed(
  state: State,
  { kind, field }: NonNullable<KindMeaning['namedBy']>,
): ReadonlyMap<string, number> {
  const times = new Map<string, number>()
  for (const { fields } of entitiesOf(state, kind)) {
    const readable: JsonObject = readableFields(fields, state) ?? fields
    const name = asString(readable[field])
    if (name !== undefined) times.set(name, (times.get(name) ?? 0) + 1)
  }
  return times
}
