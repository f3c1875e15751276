import type { Json } from '../../model/json.ts'
import { fail, type Problem, type Result, succeed } from '../../model/problem.ts'
import { parseSource } from './parse.ts'
import { Positions, type SourceText, sourceText } from './source.ts'

/** An OpenAPI document with the files that its references lead to, as `readSpecification` gives it. */
export interface Specification {
  /** The uri of the document itself. */
  readonly uri: string
  /** The values of all files that were read, by uri, the document's own included. */
  readonly files: ReadonlyMap<string, Json>
  /** Why files that references lead to were not read, by uri. */
  readonly unread: ReadonlyMap<string, Problem>
  readonly positions: Positions
}

/** A specification of one text, for standard input and tests: references to other files are not followed. */
export function specificationOf(uri: string, content: string): Result<Specification> {
  return specificationFrom(sourceText(uri, content))
}

/** A specification of one text that may stand inside a file. */
export function specificationFrom(source: SourceText): Result<Specification> {
  const positions = new Positions()
  const parsed = parseSource(source, positions)
  if (!parsed.ok) return fail(parsed.error)
  return succeed({
    uri: source.uri,
    files: new Map([[source.uri, parsed.value]]),
    unread: new Map(),
    positions,
  })
}
