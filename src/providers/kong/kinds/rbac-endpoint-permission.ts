import type { KongKind } from './kong-kind.ts'

/** What a role may do at one endpoint of the Admin API. */
export const rbacEndpointPermission: KongKind = {
  kind: 'rbac-endpoint-permission',
  identity: {
    plural: 'endpoint_permissions',
    listedAs: 'RBACEndpointPermissions',
    unique: [['role', 'workspace', 'endpoint']],
    identify(view) {
      const workspace = view.text('workspace')
      const endpoint = view.text('endpoint')
      if (workspace === undefined || endpoint === undefined) return undefined
      const name = `${endpoint} in workspace ${workspace} for rbac-role ${view.ref('role')?.key ?? '?'}`
      return { key: name, name }
    },
  },
  transport: {
    path: 'rbac_role_endpoints',
    schema: 'rbac_role_endpoints',
    edition: 'enterprise',
    listedUnder: 'role',
    writtenUnder: { field: 'role', segment: 'endpoints' },
    createdByPost: true,
    addressedBy: ({ workspace, endpoint }) => `${String(workspace)}/${String(endpoint).replace(/^\//, '')}`,
    fromList: (item, parent) => ({ ...item, role: { id: parent } }),
  },
  references: {
    level: 2,
    foreign: { role: { kind: 'rbac-role', onDelete: 'cascade' } },
  },
  fields: {
    unordered: ['actions'],
  },
  manifest: {
    fields: {
      actions: 'names',
      comment: 'text',
      created_at: 'integer',
      endpoint: 'text',
      negative: 'boolean',
      workspace: 'text',
    },
    references: { role: 'names' },
    nestedIn: ['role'],
    onlyNested: true,
    required: ['workspace', 'endpoint'],
    mayRepeat: true,
    onlyWith: 'rbac-role',
    isNotDumped: true,
  },
}
