import type { PackRule } from '../../../governance/pack/rule.ts'
import { onePlugin } from './example-documents.ts'

export const codeInGateway: PackRule = {
  id: 'code-in-gateway',
  title: 'No code is kept in the gateway’s configuration',
  severity: 'warn',
  owasp: 'API8:2023',
  select: { kind: 'plugin', where: { enabled: { is_not: false } } },
  assert: { name: { none_of: ['pre-function', 'post-function'] } },
  message: '{name} runs code from the configuration',
  rationale:
    'Code in configuration is not tested or reviewed like code, sees every request, and can undo any protection.',
  fix: 'Turn it into a plugin, or do it in the service.',
  examples: [
    { expect: 'pass', manifest: onePlugin({ name: 'key-auth' }) },
    { expect: 'fail', manifest: onePlugin({ name: 'pre-function', config: { access: ['return'] } }) },
  ],
}
