// `npm run docs`: generates docs/cli.md from the commands, docs/rules.md from the built-in rules,
// docs/compatibility.md from what the suites found, and the JSON Schemas.
// With --check nothing is written; exit code 1 where a file is stale.
import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { makeProgram } from '../src/cli/program.ts'
import { configSchemaText } from '../src/config/config-schema.ts'
import { policySchemaText } from '../src/governance/policies/policy-format.ts'
import { reviewSchemaText, waiverSchemaText } from '../src/governance/waivers/waiver-format.ts'
import { loadProviders } from '../src/providers/index.ts'
import { compatibilityText } from './compatibility-doc.mjs'
import { rulesText } from './rules-doc.mjs'
import { root } from './runtime.mjs'

const check = process.argv.includes('--check')
const stale = []
const providers = await loadProviders()

function generated(file, text) {
  const path = join(root, file)
  if (existsSync(path) && readFileSync(path, 'utf8') === text) return
  if (check) stale.push(file)
  else writeFileSync(path, text)
}

const escaped = text => text.replaceAll('|', '\\|').replaceAll('<', '&lt;')
const usageOf = (command, before) => `${before} ${command.name()}`.trim()

/** One command with its arguments and options; those below it follow. */
function section(command, before) {
  const name = usageOf(command, before)
  const lines = [
    `## ${name}`,
    '',
    `${command.description()[0]?.toUpperCase() ?? ''}${command.description().slice(1)}.`,
    '',
  ]
  lines.push('```', `${name} ${command.usage()}`.trim(), '```', '')
  const args = command.registeredArguments
  if (args.length > 0) {
    lines.push('| argument | |', '|---|---|')
    for (const each of args)
      lines.push(`| \`${each.name()}${each.variadic ? '…' : ''}\` | ${escaped(each.description)} |`)
    lines.push('')
  }
  const options = command.options.filter(option => !option.hidden)
  if (options.length > 0) {
    lines.push('| option | | default |', '|---|---|---|')
    for (const option of options)
      lines.push(
        `| \`${option.flags.replaceAll('|', '\\|')}\` | ${escaped(choices(option))} | ${shownDefault(option)} |`,
      )
    lines.push('')
  }
  const after = helpAfter(command)
  if (after !== '') lines.push(after, '')
  return [...lines, ...command.commands.flatMap(below => section(below, name))]
}

function choices(option) {
  return option.argChoices ? `${option.description}: ${option.argChoices.join(', ')}` : option.description
}

function shownDefault({ defaultValue, defaultValueDescription, negate }) {
  if (defaultValueDescription) return defaultValueDescription
  if (defaultValue === undefined || negate || (Array.isArray(defaultValue) && defaultValue.length === 0))
    return ''
  return `\`${defaultValue}\``
}

/** What stands below a command's help, as its exit codes. */
function helpAfter(command) {
  let text = ''
  command.configureOutput({ writeOut: part => (text += part), writeErr: () => {} })
  command.outputHelp()
  const plain = command.helpInformation()
  return text.startsWith(plain) ? text.slice(plain.length).trim() : ''
}

const program = await makeProgram(async () => {}, '', ['help'], loadProviders)
const lines = [
  '# Commands',
  '',
  'Generated from the commands by `npm run docs`.',
  '',
  'Data goes to standard output, words for people to standard error. Exit codes are the same everywhere: 0 no',
  'difference (or done), 2 differences (or something to do), 1 error; 128 and the number of a signal that kept a command',
  'from its end, as 130 after ctrl-c.',
  '',
  ...program.commands
    .filter(command => command.name() !== 'help')
    .flatMap(command => section(command, 'gatewatch')),
]
generated('docs/cli.md', `${lines.join('\n').trimEnd()}\n`)
generated('docs/rules.md', await rulesText(providers))
generated('docs/compatibility.md', compatibilityText())
generated('docs/gatewatch.schema.json', configSchemaText(providers))
generated('docs/policy.schema.json', policySchemaText(providers.kinds))
generated('docs/waivers.schema.json', waiverSchemaText())
generated('docs/reviews.schema.json', reviewSchemaText())

if (stale.length > 0) {
  process.stderr.write(`stale: ${stale.join(', ')}; run npm run docs\n`)
  process.exitCode = 1
}
