import type { KindDefinition } from '../../../model/schema/kind-definition.ts'

/** What a role may do at one endpoint of the Admin API. */
export const rbacEndpointPermission: KindDefinition = {
  kind: 'rbac-endpoint-permission',
  listedAs: 'RBACEndpointPermissions',
  isNotDumped: true,
  plural: 'endpoint_permissions',
  path: 'rbac_role_endpoints',
  schema: 'rbac_role_endpoints',
  edition: 'enterprise',
  onlyWith: 'rbac-role',
  listedUnder: 'role',
  writtenUnder: { field: 'role', segment: 'endpoints' },
  createdByPost: true,
  addressedBy: ({ workspace, endpoint }) => `${String(workspace)}/${String(endpoint).replace(/^\//, '')}`,
  fromList: (item, parent) => ({ ...item, role: { id: parent } }),
  level: 2,
  foreign: { role: { kind: 'rbac-role', onDelete: 'cascade' } },
  unique: [['role', 'workspace', 'endpoint']],
  secrets: [],
  derived: [],
  unordered: ['actions'],
  tagged: false,
  identify(view) {
    const workspace = view.text('workspace')
    const endpoint = view.text('endpoint')
    if (workspace === undefined || endpoint === undefined) return undefined
    const name = `${endpoint} in workspace ${workspace} for rbac-role ${view.ref('role')?.key ?? '?'}`
    return { key: name, name }
  },
}
