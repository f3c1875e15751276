import { asString, isArray, isObject, type JsonObject } from '../../../model/json.ts'
import { fail, orThrow, type Problem, type Result, succeed } from '../../../model/problem.ts'
import type { ManifestFile } from '../../manifest.ts'
import {
  type Instruction,
  type InstructionForm,
  isGiven,
  readInstructions,
  wrongInstruction,
} from './instructions.ts'
import {
  isDraftList,
  isDraftObject,
  parseSelectors,
  type Selector,
  selectObjects,
} from './selecting/select.ts'
import { type DraftObject, draftOf, type EditedValue, historyKey, readToolFile } from './tool-file.ts'

/** Plugins to be added to what selectors find. */
export interface Addition {
  readonly selectors: readonly Selector[]
  readonly plugins: readonly JsonObject[]
  /** A plugin of the same name is replaced; else it stays. */
  readonly overwrite: boolean
}

/** The fields by which a plugin at the top of a file says what it is for. */
const scopes = ['service', 'route', 'consumer', 'consumer_group']

/**
 * Adds plugins to a file, addition by addition. Where there is one of the same name (at the top of the file: and scope)
 * it stays or is replaced.
 */
export function addPlugins(file: JsonObject, additions: readonly Addition[]): Result<JsonObject> {
  const root = draftOf(file)
  for (const { selectors, plugins, overwrite } of additions) {
    const owners = selectObjects(root, selectors)
    const atTop = owners.length === 1 && owners[0] === root
    const scoped = plugins.find(plugin => scopes.some(scope => isGiven(plugin[scope])))
    if (scoped && !atTop) return fail([nestedWithScope(scoped)])
    for (const owner of owners)
      for (const plugin of plugins) addPlugin(owner, plugin, { overwrite, byScope: owner === root })
  }
  delete root[historyKey]
  return succeed(root)
}

function addPlugin(
  owner: DraftObject,
  plugin: JsonObject,
  { overwrite, byScope }: { readonly overwrite: boolean; readonly byScope: boolean },
): void {
  const list = isDraftList(owner.plugins) ? owner.plugins : []
  owner.plugins = list
  const isSame = (there: EditedValue): boolean =>
    isDraftObject(there) &&
    there.name === plugin.name &&
    (!byScope || scopes.every(scope => scopeText(there, scope) === scopeText(plugin, scope)))
  const at = plugin.name === undefined ? -1 : list.findIndex(isSame)
  if (at === -1) list.push(draftOf(plugin))
  else if (overwrite) list[at] = draftOf(plugin)
}

function scopeText(plugin: JsonObject, scope: string): string {
  return JSON.stringify(plugin[scope] ?? null)
}

function nestedWithScope(plugin: JsonObject): Problem {
  const scope = scopes.find(each => isGiven(plugin[each])) ?? ''
  return {
    code: 'plugin-scope',
    message: `the plugin ${asString(plugin.name) ?? '(without a name)'} names a ${scope}, and is to be added below something else`,
    hint: `Take its "${scope}" away, or add it to the file as a whole: without a selector.`,
  }
}

/** What `--selector`, `--config` and `--overwrite` describe. */
export function additionOfFlags(
  selectorTexts: readonly string[],
  configs: readonly string[],
  overwrite: boolean,
): Result<Addition> {
  const selectors = parseSelectors(selectorTexts.length > 0 ? selectorTexts : ['$'], '--selector')
  const problems: Problem[] = selectors.ok ? [] : [...selectors.error]
  const plugins = configs.flatMap((text, i) => {
    const read = readToolFile({ path: `--config ${i + 1}`, text })
    if (read.ok) return [read.value.value]
    problems.push({
      code: 'plugin-config',
      message: `${configs.length > 1 ? `number ${i + 1} of the --config options` : '--config'} is no mapping in JSON or YAML`,
      hint: 'Write it as --config \'{"name": "cors", "config": {"max_age": 60}}\'.',
    })
    return []
  })
  if (problems.length > 0 || !selectors.ok) return fail(problems)
  return succeed({ selectors: selectors.value, plugins, overwrite })
}

const pluginForm: InstructionForm = {
  name: 'plugin',
  list: 'add-plugins',
  example: '{"_format_version": "1.0", "add-plugins": [{"selectors": ["$..services[*]"], "plugins": []}]}',
  acts: () => true,
  noneIsWhole: true,
}

/** The additions of a plugin file, in order. */
export function readPluginFile(file: ManifestFile): Result<readonly Addition[]> {
  const read = readInstructions(file, pluginForm)
  if (!read.ok) return read
  const additions = read.value.map(additionOf)
  const problems = additions.flatMap(addition => (addition.ok ? [] : addition.error))
  return problems.length > 0 ? fail(problems) : succeed(additions.map(orThrow))
}

function additionOf({ fields, selectors, place }: Instruction): Result<Addition> {
  const { plugins, overwrite } = fields
  const problems: Problem[] = []
  const wrong = (message: string, field: string) =>
    problems.push(wrongInstruction(pluginForm, message, place(field)))
  const list = isGiven(plugins) ? plugins : []
  if (!isArray(list) || !list.every(isObject)) wrong('"plugins" is no list of mappings', 'plugins')
  if (isGiven(overwrite) && typeof overwrite !== 'boolean')
    wrong('"overwrite" is neither true nor false', 'overwrite')
  if (problems.length > 0) return fail(problems)
  return succeed({
    selectors,
    plugins: isArray(list) ? list.filter(isObject) : [],
    overwrite: overwrite === true,
  })
}
