import { asString } from '../../../model/json.ts'
import type { KongKind } from './kong-kind.ts'
import { own } from './manifest-shape.ts'
import { hostAndPort, targetAddress } from './target-address.ts'

/** One address behind an upstream. */
export const target: KongKind = {
  kind: 'target',
  identity: {
    plural: 'targets',
    listedAs: 'Targets',
    unique: [['upstream', 'target']],
    identify(view) {
      const address = view.text('target')
      if (address === undefined) return undefined
      const name = `${address} for upstream ${view.ref('upstream')?.key ?? '?'}`
      return { key: name, name }
    },
  },
  meaning: { facts: ({ target: address }) => hostAndPort(asString(address) ?? '') },
  transport: {
    path: 'targets',
    schema: 'targets',
    everywhere: true,
    listedUnder: 'upstream',
    writtenUnder: { field: 'upstream', segment: 'targets' },
    createdByPost: true,
  },
  references: {
    level: 3,
    foreign: { upstream: { kind: 'upstream', onDelete: 'cascade' } },
  },
  fields: {
    tagged: true,
    normalise: fields =>
      typeof fields.target === 'string' ? { ...fields, target: targetAddress(fields.target) } : fields,
  },
  manifest: {
    fields: { ...own, created_at: 'number', target: 'text', weight: 'integer', failover: 'boolean' },
    references: { upstream: 'names' },
    nestedIn: ['upstream'],
    onlyNested: true,
    required: ['target'],
    defaults: { weight: 100 },
  },
}
