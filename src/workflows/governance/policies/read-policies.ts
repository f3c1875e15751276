import { rulesOfSpecifications } from '../../../governance/pack/index.ts'
import { documentOf } from '../../../governance/pack/rule.ts'
import type { ConditionProblem } from '../../../governance/policies/condition.ts'
import { type Policy, policyOf, type SeverityMap, withSeverity } from '../../../governance/policies/policy.ts'
import {
  type PolicyDocument,
  policySchema,
  policySchemaText,
} from '../../../governance/policies/policy-format.ts'
import type { JsonObject } from '../../../model/json.ts'
import { fail, type Place, type Problem, type Result, succeed } from '../../../model/problem.ts'
import { suggestion } from '../../../model/problems/suggestion.ts'
import type { Kinds } from '../../../model/schema/kinds.ts'
import type { Providers } from '../../../providers/provider.ts'
import { type FileSort, type ReadBySchema, readBySchema, type YamlDocument } from '../../../yaml/index.ts'
import type { Project } from '../../project/project.ts'
import { filesMatching, type GovernanceFile } from '../specifications/governance-files.ts'
import { functionNames, loadFunctions } from './load-functions.ts'

/** A policy with the file that it is written in; null: it is built in. */
export interface LoadedPolicy {
  readonly policy: Policy
  readonly source: {
    readonly file: GovernanceFile
    readonly document: YamlDocument
    readonly root: JsonObject
  } | null
}

const noTools = { functions: new Map<string, () => boolean>() }

const builtin = new WeakMap<Providers, Promise<readonly Policy[]>>()

/** The rules that come with gatewatch, where there are these providers. */
export function builtinPolicies(providers: Providers): Promise<readonly Policy[]> {
  const known = builtin.get(providers) ?? loadBuiltin(providers)
  builtin.set(providers, known)
  return known
}

async function loadBuiltin(providers: Providers): Promise<readonly Policy[]> {
  const rules = [...rulesOfSpecifications, ...(await providers.rules())]
  return rules.map(rule => policyOf(documentOf(rule), null, noTools).policy)
}

/**
 * The policies of a project: the built-in ones that it uses, and its own. One of its own replaces a built-in one of the
 * same name.
 */
export async function readPolicies(project: Project): Promise<Result<readonly LoadedPolicy[]>> {
  const { governance } = project
  const files = await filesMatching(project, project.policies)
  if (!files.ok) return files
  const own = await readFiles(project, files.value)
  if (!own.ok) return own
  const names = new Set(own.value.map(({ policy }) => policy.id))
  const comeWith = await builtinPolicies(project.providers)
  const taken = comeWith.filter(
    ({ id }) => (governance.builtin === 'all' || governance.builtin.includes(id)) && !names.has(id),
  )
  const all = [...taken.map(policy => ({ policy, source: null })), ...own.value]
  const known = [...comeWith.map(policy => policy.id), ...names]
  const problems = [
    ...(governance.builtin === 'all' ? [] : unknownRules(governance.builtin, known, 'governance.builtin')),
    ...unknownRules(Object.keys(governance.severity), known, 'governance.severity'),
    ...Object.entries(governance.severity).flatMap(([rule, severity]) =>
      unknownEnvironments(project, severity, `governance.severity.${rule}`),
    ),
  ]
  if (problems.length > 0) return fail(problems)
  return succeed(
    all.map(loaded => {
      const severity = governance.severity[loaded.policy.id]
      return severity ? { ...loaded, policy: withSeverity(loaded.policy, severity) } : loaded
    }),
  )
}

function unknownRules(given: readonly string[], known: readonly string[], key: string): readonly Problem[] {
  return given
    .filter(rule => !known.includes(rule))
    .map(rule => {
      const meant = suggestion(rule, known)
      const hint = meant === undefined ? 'gatewatch policy list shows the rules.' : `Did you mean ${meant}?`
      return {
        code: 'no-such-rule',
        message: `${key} in gatewatch.yaml names the rule ${rule}, which does not exist`,
        hint,
      }
    })
}

function unknownEnvironments(
  { environments }: Project,
  severity: SeverityMap,
  where: string,
  place?: Place,
): readonly Problem[] {
  const known = [...environments, 'production', 'default']
  return Object.keys(severity)
    .filter(environment => !known.includes(environment))
    .map(environment => ({
      code: 'no-such-environment',
      message: `${where} names the environment ${environment}, which does not exist`,
      hint: `The environments are ${known.join(', ')}.`,
      ...(place ? { place } : {}),
    }))
}

interface Parsed extends ReadBySchema<PolicyDocument> {
  readonly file: GovernanceFile
}

async function readFiles(
  project: Project,
  files: readonly GovernanceFile[],
): Promise<Result<readonly LoadedPolicy[]>> {
  const problems: Problem[] = []
  const parsed: Parsed[] = []
  for (const file of files) {
    const one = readBySchema(file, policyFile(project.providers.kinds))
    if (one.ok) parsed.push({ file, ...one.value })
    else problems.push(...one.error)
  }
  const wanted = parsed.flatMap(({ root }) => functionNames(root))
  const { folder } = project.specifications
  const tools = await loadFunctions(wanted, {
    root: folder,
    allowed: project.governance.functions,
    now: project.now(),
  })
  problems.push(...tools.problems)
  const first = new Map<string, Parsed>()
  const policies: LoadedPolicy[] = []
  for (const one of parsed) {
    const { content, document, root, file } = one
    const twin = first.get(content.id)
    if (twin) problems.push(twinProblem(one, twin))
    first.set(content.id, one)
    const made = policyOf(content, document.place(root), { functions: tools.of(content.id) })
    problems.push(...made.problems.map(problem => conditionProblem(problem, document, root)))
    const severities = unknownEnvironments(
      project,
      made.policy.severity,
      'severity',
      document.place(root, 'severity'),
    )
    problems.push(...severities)
    policies.push({ policy: made.policy, source: { file, document, root } })
  }
  return problems.length > 0 ? fail(problems) : succeed(policies)
}

const policyFile = (kinds: Kinds): FileSort<PolicyDocument> => ({
  code: 'policy',
  schema: policySchema(kinds),
  jsonSchema: () => JSON.parse(policySchemaText(kinds)),
  otherwise: {
    message: 'the file does not hold a policy',
    hint: 'Let gatewatch policy new write one, and see docs/policies.md.',
  },
})

function conditionProblem(problem: ConditionProblem, document: YamlDocument, root: JsonObject): Problem {
  const path = problem.path.join('.')
  return {
    code: 'policy',
    message: `${path} ${problem.message}`,
    place: placeOf(problem.path, document, root),
  }
}

/** Paths in conditions have dots themselves, so the way down is gone name by name. */
function placeOf(path: readonly string[], document: YamlDocument, root: JsonObject): Place {
  const last = path.at(-1)
  const holder = document.at(root, path.slice(0, -1))
  if (last === undefined || typeof holder !== 'object' || holder === null)
    return document.place(root, path.join('.'))
  return document.place(holder, last)
}

function twinProblem(one: Parsed, twin: Parsed): Problem {
  return {
    code: 'policy-twice',
    message: `the policy ${one.content.id} is defined twice, first in ${twin.file.path}`,
    hint: 'Give one of them another id.',
    place: one.document.place(one.root, 'id'),
  }
}
