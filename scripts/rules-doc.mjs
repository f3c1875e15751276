// The text of docs/rules.md, from the built-in rules themselves.
import { dump } from 'js-yaml'
import { rulesOfSpecifications } from '../src/governance/pack/index.ts'
import { upkeepRules } from '../src/governance/waivers/upkeep.ts'

/** https://owasp.org/API-Security/editions/2023/en/0x11-t10/ */
const owasp = {
  'API1:2023': 'Broken Object Level Authorization',
  'API2:2023': 'Broken Authentication',
  'API3:2023': 'Broken Object Property Level Authorization',
  'API4:2023': 'Unrestricted Resource Consumption',
  'API5:2023': 'Broken Function Level Authorization',
  'API6:2023': 'Unrestricted Access to Sensitive Business Flows',
  'API7:2023': 'Server Side Request Forgery',
  'API8:2023': 'Security Misconfiguration',
  'API9:2023': 'Improper Inventory Management',
  'API10:2023': 'Unsafe Consumption of APIs',
}

const yaml = value => dump(value, { lineWidth: 110, noRefs: true }).trimEnd()

function severityText(severity) {
  if (typeof severity === 'string') return severity
  return Object.entries(severity)
    .map(([environment, word]) => (environment === 'default' ? word : `${environment} ${word}`))
    .join(', ')
}

function section(rule) {
  const { id, title, owasp: item, severity, rationale, fix, select, assert, examples } = rule
  const lines = [
    `## ${id}`,
    '',
    `${title}.`,
    '',
    `**${severityText(severity)}**, ${item} ${owasp[item]}`,
    '',
    rationale,
    '',
    `What to do: ${fix}`,
    '',
    '```yaml',
    yaml({ select, assert }),
    '```',
    '',
  ]
  for (const expect of ['pass', 'fail']) {
    const example = examples.find(each => each.expect === expect)
    const { expect: _, finds: __, name: ___, ...documents } = example
    lines.push(expect === 'pass' ? 'Passes:' : 'Fails:', '', '```yaml', yaml(documents), '```', '')
  }
  return lines
}

export async function rulesText(providers) {
  const builtinRules = [...rulesOfSpecifications, ...(await providers.rules())]
  const lines = [
    '# Built-in rules',
    '',
    'Generated from the rules by `npm run docs`. [policies.md](policies.md) says how rules are written, chosen and waived.',
    '',
    '`warn, production block` means: it blocks in production, and warns everywhere else.',
    '',
    '| rule | what must hold | OWASP | severity |',
    '|---|---|---|---|',
    ...builtinRules.map(
      rule =>
        `| [${rule.id}](#${rule.id}) | ${rule.title} | ${rule.owasp} | ${severityText(rule.severity)} |`,
    ),
    '',
    'About policies and waivers themselves, always:',
    '',
    '| rule | what must hold | severity |',
    '|---|---|---|',
    ...upkeepRules.map(rule => `| ${rule.id} | ${rule.title} | ${rule.severity} |`),
    '',
    'By the items of the OWASP API Security Top 10 of 2023:',
    '',
    '| item | rules |',
    '|---|---|',
    ...Object.entries(owasp).map(([item, name]) => {
      const own = builtinRules.filter(rule => rule.owasp === item).map(rule => `[${rule.id}](#${rule.id})`)
      return `| ${item} ${name} | ${own.join(', ')} |`
    }),
    '',
    ...builtinRules.flatMap(section),
  ]
  return `${lines.join('\n').trimEnd()}\n`
}
