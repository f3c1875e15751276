import { asString, isArray, isObject, type Json, type JsonObject } from '../../../model/json.ts'
import { fail, type Place, type Problem, type Result, succeed } from '../../../model/problem.ts'
import type { ProblemCode } from '../../../model/problems/problem-code.ts'
import { Lines, parseYaml } from '../../../yaml/index.ts'
import type { ManifestFile } from '../../manifest.ts'
import { parseSelectors, type Selector } from './selecting/select.ts'

/** One entry of a file that tells a tool what to do: its fields, and what its selectors find it is done to. */
export interface Instruction {
  readonly fields: JsonObject
  readonly selectors: readonly Selector[]
  readonly place: (field: string) => Place
}

/** What a file of instructions is called, where its list is, and how one is written. */
export interface InstructionForm {
  readonly name: 'patch' | 'plugin'
  readonly list: string
  readonly example: string
  /** Whether an entry does anything; others are passed over, as in decK. */
  readonly acts: (fields: JsonObject) => boolean
  /** An empty list of selectors stands for the whole file, and not for nothing. */
  readonly noneIsWhole: boolean
}

const wholeFile = ['$']

/** The instructions of a file, in order. Without `selectors` one is done to the file as a whole. */
export function readInstructions(file: ManifestFile, form: InstructionForm): Result<readonly Instruction[]> {
  const lines = new Lines(file.path, file.text)
  const parsed = parseYaml(file.text, { placeAt: offset => lines.at(offset), onDuplicate: () => {} })
  if (!parsed.ok) return parsed
  const document = parsed.value
  const content = document.value
  if (!isObject(content)) {
    const code = codeOf(form)
    const hint = `Write it as ${form.example}.`
    return fail([{ code, message: `this is no ${form.name} file`, hint, place: lines.at(0) }])
  }
  const list = content[form.list] ?? []
  if (!isArray(list)) {
    return fail([wrongInstruction(form, `"${form.list}" is no list`, document.place(content, form.list))])
  }
  const read: Instruction[] = []
  const problems: Problem[] = []
  for (const fields of list) {
    if (!isObject(fields) || !form.acts(fields)) continue
    const place = (field: string): Place => document.place(fields, field)
    const selectors = selectorsOf(fields, form, place)
    if (selectors.ok) read.push({ fields, selectors: selectors.value, place })
    else problems.push(...selectors.error)
  }
  return problems.length > 0 ? fail(problems) : succeed(read)
}

function selectorsOf(
  fields: JsonObject,
  form: InstructionForm,
  place: Instruction['place'],
): Result<readonly Selector[]> {
  const texts = isGiven(fields.selectors) ? textsOf(fields.selectors) : wholeFile
  if (!texts) return fail([wrongInstruction(form, '"selectors" is no list of texts', place('selectors'))])
  const selectors = parseSelectors(texts.length === 0 && form.noneIsWhole ? wholeFile : texts)
  if (selectors.ok) return selectors
  return fail(selectors.error.map(each => ({ ...each, place: place('selectors') })))
}

/** What is wrong in a file of instructions. */
export function wrongInstruction(form: InstructionForm, message: string, place: Place): Problem {
  return { code: codeOf(form), message, hint: `Correct the ${form.name} file.`, place }
}

function codeOf({ name }: InstructionForm): ProblemCode {
  return `${name}-file`
}

/** The texts of a list; undefined where it is none, or holds something else. */
export function textsOf(value: Json | undefined): readonly string[] | undefined {
  if (!isArray(value)) return undefined
  const texts = value.flatMap(item => asString(item) ?? [])
  return texts.length === value.length ? texts : undefined
}

/** Whether a field is there and not null. */
export function isGiven(value: Json | undefined): boolean {
  return value !== undefined && value !== null
}
