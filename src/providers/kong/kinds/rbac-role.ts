import { identifyByName } from '../../../model/schema/kind-definition.ts'
import type { KongKind } from './kong-kind.ts'

/** A role of people who use the Admin API: https://developer.konghq.com/gateway/entities/rbac/ */
export const rbacRole: KongKind = {
  kind: 'rbac-role',
  identity: {
    plural: 'rbac_roles',
    listedAs: 'RBACRoles',
    unique: [['name']],
    identify: identifyByName('name'),
  },
  transport: {
    path: 'rbac/roles',
    schema: 'rbac_roles',
    edition: 'enterprise',
  },
  references: {
    level: 1,
    foreign: {},
  },
  fields: {
    derived: ['is_default'],
  },
  manifest: {
    fields: { id: 'text', created_at: 'integer', name: 'text', comment: 'text', is_default: 'boolean' },
    required: ['name'],
    known: ['name', 'id'],
    onlyWith: 'rbac-role',
    isNotDumped: true,
  },
}
