import { EVENT_ID, type Event, parseEvents, YAMLException } from 'js-yaml'
import type { Json } from '../../model/json.ts'
import { fail, type Problem, type Result, succeed } from '../../model/problem.ts'
import { Builder } from './build.ts'
import { type Positions, type SourceText, VALUE_LIMITS } from './source.ts'

/**
 * Reads YAML or JSON (which is YAML too) into plain values and notes where they stand. A file without a value gives
 * null; of several YAML documents the first is read.
 * Problems: `yaml-syntax`, `yaml-duplicate-key`, `yaml-alias`, `yaml-too-large`.
 */
export function parseSource(source: SourceText, positions: Positions): Result<Json> {
  let events: readonly Event[]
  try {
    events = parseEvents(source.text, { maxDepth: VALUE_LIMITS.depth })
  } catch (error) {
    return fail([syntaxProblem(source, error)])
  }
  const builder = new Builder(source, positions)
  for (const event of events) {
    if (event.type === EVENT_ID.DOCUMENT && builder.finished) break
    const problem = builder.take(event)
    if (problem) return fail([problem])
  }
  return succeed(builder.value)
}

function syntaxProblem(source: SourceText, error: unknown): Problem {
  const known = error instanceof YAMLException
  const position = known && error.mark ? error.mark.position : 0
  const reason = known ? error.reason : 'it is nested too deeply or too large'
  return {
    code: 'yaml-syntax',
    message: `This is neither YAML nor JSON: ${reason}`,
    place: source.locate(Math.min(position, source.text.length)),
  }
}
