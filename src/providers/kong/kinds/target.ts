import type { KindDefinition } from '../../../model/schema/kind-definition.ts'
import { targetAddress } from './target-address.ts'

/** One address behind an upstream. */
export const target: KindDefinition = {
  kind: 'target',
  listedAs: 'Targets',
  plural: 'targets',
  path: 'targets',
  schema: 'targets',
  listedUnder: 'upstream',
  writtenUnder: { field: 'upstream', segment: 'targets' },
  createdByPost: true,
  everywhere: true,
  level: 3,
  foreign: { upstream: { kind: 'upstream', onDelete: 'cascade' } },
  unique: [['upstream', 'target']],
  secrets: [],
  derived: [],
  normalise: fields =>
    typeof fields.target === 'string' ? { ...fields, target: targetAddress(fields.target) } : fields,
  tagged: true,
  identify(view) {
    const address = view.text('target')
    if (address === undefined) return undefined
    const name = `${address} for upstream ${view.ref('upstream')?.key ?? '?'}`
    return { key: name, name }
  },
}
