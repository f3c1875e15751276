import { isArray, isObject, type Json, type JsonObject } from '../../../model/json.ts'
import { fail, orThrow, type Problem, type Result, succeed } from '../../../model/problem.ts'
import type { ManifestFile } from '../../manifest.ts'
import {
  type Instruction,
  type InstructionForm,
  isGiven,
  readInstructions,
  textsOf,
  wrongInstruction,
} from './instructions.ts'
import { isDraftList, isDraftObject, parseSelectors, type Selector, select } from './selecting/select.ts'
import { type DraftObject, draftOf, draftValue, historyKey } from './tool-file.ts'

/** One change of what selectors find: fields of mappings, or items behind the last of lists. */
export interface Patch {
  readonly selectors: readonly Selector[]
  readonly values: JsonObject
  readonly items: readonly Json[]
  readonly remove: readonly string[]
}

/** Applies patches one after the other. */
export function patchFile(file: JsonObject, patches: readonly Patch[]): JsonObject {
  const root = draftOf(file)
  delete root[historyKey]
  for (const patch of patches) {
    for (const found of select(root, patch.selectors)) {
      if (patch.items.length > 0) {
        if (isDraftList(found)) found.push(...patch.items.map(draftValue))
      } else if (isDraftObject(found)) patchObject(found, patch)
    }
  }
  return root
}

function patchObject(object: DraftObject, patch: Patch): void {
  for (const name of patch.remove) delete object[name]
  for (const [name, value] of Object.entries(patch.values)) object[name] = draftValue(value)
}

/** The patch that `--selector` and `--value` describe: `key:JSON` sets, `key:` removes, `[JSON, …]` appends. */
export function patchOfFlags(selectorTexts: readonly string[], valueTexts: readonly string[]): Result<Patch> {
  const selectors = parseSelectors(selectorTexts, '--selector')
  const problems: Problem[] = selectors.ok ? [] : [...selectors.error]
  const values: Record<string, Json> = {}
  const remove: string[] = []
  const items: Json[] = []
  for (const text of valueTexts) {
    const trimmed = text.trim()
    if (trimmed.startsWith('[') && trimmed.endsWith(']')) {
      const list = jsonOf(trimmed)
      if (isArray(list)) items.push(...list)
      else problems.push(badValue(text, 'is no JSON array', 'Write it as --value \'["one", "two"]\'.'))
      continue
    }
    const colon = text.indexOf(':')
    const name = text.slice(0, colon)
    const value = text.slice(colon + 1).trim()
    if (colon < 1) {
      problems.push(badValue(text, 'is neither key:JSON nor a JSON array', 'Write it as --value key:10.'))
    } else if (value === '') remove.push(name)
    else {
      const parsed = jsonOf(value)
      if (parsed === undefined) {
        const hint = `Put quotes around a text: --value '${name}:"…"'.`
        problems.push(badValue(text, 'has no JSON behind its colon', hint))
      } else values[name] = parsed
    }
  }
  const both = remove.find(name => Object.hasOwn(values, name))
  if (both !== undefined) {
    problems.push(badValue(both, 'is set and removed at once', 'Say one of the two.'))
  }
  if (problems.length > 0 || !selectors.ok) return fail(problems)
  return succeed({ selectors: selectors.value, values, items, remove })
}

/** Values may be secrets: only what stands before the colon is told. */
function badValue(text: string, what: string, hint: string): Problem {
  return { code: 'patch-value', message: `--value ${text.split(':', 1)[0] ?? ''} ${what}`, hint }
}

function jsonOf(text: string): Json | undefined {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}

const patchForm: InstructionForm = {
  name: 'patch',
  list: 'patches',
  example: '{"_format_version": "1.0", "patches": [{"selectors": ["$"], "values": {}}]}',
  acts: ({ values, remove }) => isGiven(values) || isGiven(remove),
  noneIsWhole: false,
}

/** The patches of a patch file, in order. One without `values` and `remove` does nothing. */
export function readPatchFile(file: ManifestFile): Result<readonly Patch[]> {
  const read = readInstructions(file, patchForm)
  if (!read.ok) return read
  const patches = read.value.map(patchOf)
  const problems = patches.flatMap(patch => (patch.ok ? [] : patch.error))
  return problems.length > 0 ? fail(problems) : succeed(patches.map(orThrow))
}

function patchOf({ fields: patch, selectors, place }: Instruction): Result<Patch> {
  const problems: Problem[] = []
  const wrong = (message: string, field: string) =>
    problems.push(wrongInstruction(patchForm, message, place(field)))
  const remove = isGiven(patch.remove) ? textsOf(patch.remove) : []
  if (!remove) wrong('"remove" is no list of texts', 'remove')
  const { values = null } = patch
  if (values !== null && !isObject(values) && !isArray(values))
    wrong('"values" is neither a mapping nor a list', 'values')
  const fields = isObject(values) ? values : {}
  const both = remove?.find(name => Object.hasOwn(fields, name))
  if (both !== undefined) wrong(`"${both}" is set and removed at once`, 'remove')
  if (problems.length > 0) return fail(problems)
  return succeed({ selectors, values: fields, items: isArray(values) ? values : [], remove: remove ?? [] })
}
