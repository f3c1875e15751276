import type { KongKind } from './kong-kind.ts'
import { own } from './manifest-shape.ts'

/** The membership of a consumer in a group of the acl plugin. */
export const aclGroup: KongKind = {
  kind: 'acl-group',
  identity: {
    plural: 'acls',
    listedAs: 'ACLGroups',
    unique: [['consumer', 'group']],
    identify(view) {
      const group = view.text('group')
      if (group === undefined) return undefined
      const name = `${group} for consumer ${view.ref('consumer')?.key ?? '?'}`
      return { key: name, name }
    },
  },
  transport: {
    path: 'acls',
    schema: 'acls',
    writtenUnder: { field: 'consumer', segment: 'acls' },
  },
  references: {
    level: 2,
    foreign: { consumer: { kind: 'consumer', onDelete: 'cascade' } },
    limits: true,
    usedBy: { plugin: ({ name }) => name === 'acl' },
  },
  fields: {
    tagged: true,
  },
  manifest: {
    fields: { ...own, group: 'text' },
    references: { consumer: 'all' },
    nestedIn: ['consumer'],
    onlyNested: true,
    required: ['group'],
  },
}
