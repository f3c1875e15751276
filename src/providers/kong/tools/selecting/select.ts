import { exec } from 'jsonpath-rfc9535'
import parseSelector from 'jsonpath-rfc9535/parser'
import { isArray, isObject } from '../../../../model/json.ts'
import { fail, type Problem, type Result, succeed } from '../../../../model/problem.ts'
import type { DraftObject, EditedValue } from '../tool-file.ts'

/** A JSONPath that was found to be one: https://www.rfc-editor.org/rfc/rfc9535 */
export interface Selector {
  readonly text: string
}

/** The selectors behind texts; problems name what is wrong and where in the text. */
export function parseSelectors(
  texts: readonly string[],
  where = 'the selector',
): Result<readonly Selector[]> {
  const problems = texts.flatMap(text => wrongIn(text, where) ?? [])
  return problems.length > 0 ? fail(problems) : succeed(texts.map(text => ({ text })))
}

function wrongIn(text: string, where: string): Problem | undefined {
  try {
    parseSelector(text)
    return undefined
  } catch (error) {
    const column = columnOf(error)
    const at = column === undefined ? '' : `, see its character ${column}`
    const hint = text.startsWith('$')
      ? 'Write it as in $.services[*] or $..routes[?@.name == "a"].'
      : `Begin it with $: $.${text.replace(/^\.+/, '')}`
    return { code: 'selector', message: `${where} ${text} is no JSONPath${at}`, hint }
  }
}

function columnOf(error: unknown): number | undefined {
  if (!(error instanceof Error) || !('location' in error) || !isObject(error.location)) return undefined
  const { start } = error.location
  return isObject(start) && typeof start.column === 'number' ? start.column : undefined
}

/** What selectors find in a document, selector by selector: its very mappings and lists, to be changed. */
export function select(root: DraftObject, selectors: readonly Selector[]): readonly EditedValue[] {
  const found: EditedValue[] = []
  for (const { text } of selectors) exec(root, text, value => found.push(value))
  return found
}

/** The mappings that selectors find, each once. */
export function selectObjects(root: DraftObject, selectors: readonly Selector[]): readonly DraftObject[] {
  return [...new Set(select(root, selectors).filter(isDraftObject))]
}

/** Whether a value under change is a mapping. */
export function isDraftObject(value: EditedValue | undefined): value is DraftObject {
  return isObject(value)
}

/** Whether a value under change is a list. */
export function isDraftList(value: EditedValue | undefined): value is EditedValue[] {
  return isArray(value)
}
