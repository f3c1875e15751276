import type { Provider } from '../provider.ts'
import { listWorkspaces } from './admin/connection/kong-workspaces.ts'
import { schemasWithoutGateway } from './admin/schemas/schemas-without-gateway.ts'
import { apis } from './apis.ts'
import { config } from './config/target-config.ts'
import { connect } from './connect.ts'
import { kinds } from './kinds/index.ts'
import { manifests } from './manifest/manifest-format.ts'
import { notModelled } from './router/modelled.ts'

/** Kong Gateway, with and without a database. */
export const kong: Provider = {
  name: 'kong',
  config,
  kinds,
  manifests,
  schemasFrom: 'the schemas of Kong Gateway 3.9.1, open source',
  schemasWithoutGateway,
  connect,
  workspaces: listWorkspaces,
  apis,
  notModelled,
  rules: async () => (await import('./rules/index.ts')).rules,
  routing: async () => (await import('./routing.ts')).routing,
}
