import type { KindDefinition } from '../../../model/schema/kind-definition.ts'

/** The membership of a consumer in a group of the acl plugin. */
export const aclGroup: KindDefinition = {
  kind: 'acl-group',
  listedAs: 'ACLGroups',
  plural: 'acls',
  path: 'acls',
  schema: 'acls',
  writtenUnder: { field: 'consumer', segment: 'acls' },
  level: 2,
  limits: true,
  usedBy: { plugin: ({ name }) => name === 'acl' },
  foreign: { consumer: { kind: 'consumer', onDelete: 'cascade' } },
  unique: [['consumer', 'group']],
  secrets: [],
  derived: [],
  tagged: true,
  identify(view) {
    const group = view.text('group')
    if (group === undefined) return undefined
    const name = `${group} for consumer ${view.ref('consumer')?.key ?? '?'}`
    return { key: name, name }
  },
}
