import { identifyByName, type KindDefinition } from '../../../model/schema/kind-definition.ts'

/** A role of people who use the Admin API: https://developer.konghq.com/gateway/entities/rbac/ */
export const rbacRole: KindDefinition = {
  kind: 'rbac-role',
  listedAs: 'RBACRoles',
  isNotDumped: true,
  plural: 'rbac_roles',
  path: 'rbac/roles',
  schema: 'rbac_roles',
  edition: 'enterprise',
  onlyWith: 'rbac-role',
  level: 1,
  foreign: {},
  unique: [['name']],
  secrets: [],
  derived: ['is_default'],
  tagged: false,
  identify: identifyByName('name'),
}
