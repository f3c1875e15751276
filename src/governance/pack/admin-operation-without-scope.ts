import type { JsonObject } from '../../model/json.ts'
import type { PackRule } from './rule.ts'

const admin = (scopes: readonly string[]): JsonObject => ({
  info: { title: 'Users', version: '1.0.0' },
  security: [{ sign_in: scopes }],
  components: {
    securitySchemes: {
      sign_in: { type: 'openIdConnect', openIdConnectUrl: 'https://id.pay.example/.well-known' },
    },
  },
  paths: { '/admin/users': { get: { responses: { '200': { description: 'Done' } } } } },
})

export const adminOperationWithoutScope: PackRule = {
  id: 'admin-operation-without-scope',
  title: 'Operations for administrators require a scope or role',
  severity: 'warn',
  owasp: 'API5:2023',
  select: {
    kind: 'operation',
    path: ['/admin/**', '/**/admin/**', '/internal/**', '/**/internal/**', '/management/**'],
  },
  assert: { scopes: { empty: false } },
  at: 'security',
  message: 'is for administrators but requires no scope',
  rationale:
    'Authentication is not authorization: where the design has no roles, each service invents its own check or none.',
  fix: 'Name the scope or role in security; OpenAPI 3.1 allows roles for every kind of scheme.',
  examples: [
    { expect: 'pass', specification: admin(['users:admin']) },
    { expect: 'fail', specification: admin([]), finds: ['operation GET /admin/users'] },
  ],
}
