import type { PackRule } from '../../../governance/pack/rule.ts'
import { onePlugin } from './example-documents.ts'

const allow = (addresses: readonly string[]) =>
  onePlugin({ name: 'ip-restriction', config: { allow: addresses } })

export const ipRestrictionAllowsEveryone: PackRule = {
  id: 'ip-restriction-allows-everyone',
  title: 'No IP restriction allows all addresses',
  severity: { default: 'warn', production: 'error' },
  owasp: 'API8:2023',
  select: { kind: 'plugin', where: { name: 'ip-restriction', enabled: { is_not: false } } },
  assert: { 'config.allow': { no: { one_of: ['0.0.0.0/0', '::/0', '0.0.0.0/1', '128.0.0.0/1'] } } },
  message: 'allows {config.allow}',
  rationale: 'It restricts nothing, but anyone who sees the plugin believes that it does.',
  fix: 'Name the intended addresses, or remove the plugin.',
  examples: [
    { expect: 'pass', manifest: allow(['10.0.0.0/8']) },
    { expect: 'fail', manifest: allow(['0.0.0.0/0']) },
  ],
}
