import { fail, type Problem, problemText, type Result, succeed } from '../../model/problem.ts'
import { readOpenApi } from '../document.ts'
import { assemble, type Generated } from '../manifest.ts'
import type { GenerateOptions } from '../options.ts'
import { DesignReader } from '../reader.ts'
import type { Specification } from '../reading/specification.ts'
import { checkCycles } from '../schema/cycles.ts'
import { findCollisions } from './collisions.ts'
import { kongTags } from './extensions.ts'
import { Generation } from './generation.ts'

/**
 * Makes a decK manifest (format 3.0) from an OpenAPI document, like decK's openapi2kong: a service for the document
 * (and for each path or operation with its own servers or defaults), a route for each operation, plugins from
 * `x-kong-plugin-…` extensions and security requirements, and ids that are the same on each run.
 *
 * Pure: `readSpecification` or `specificationOf` has read the files. Never throws: every mistake in the document is a
 * problem with its place. Also returns the origin of each entity, and warnings.
 */
export function generate(spec: Specification, options: GenerateOptions = {}): Result<Generated> {
  const reader = new DesignReader(spec)
  const api = readOpenApi(reader)
  if (api === undefined) return fail(unique(reader.problems))
  if (!options.ignoreCircularRefs) checkCycles(reader, api.components)
  const tags = options.selectTags?.length ? options.selectTags : kongTags(reader, api.fields)
  if (reader.problems.length > 0) return fail(unique(reader.problems))
  const lists = new Generation(reader, api, tags, options).run()
  if (reader.problems.length > 0) return fail(unique(reader.problems))
  const made = assemble(lists)
  return succeed({ ...made, warnings: unique([...reader.warnings, ...findCollisions(made)]) })
}

function unique(problems: readonly Problem[]): Problem[] {
  return [...new Map(problems.map(problem => [problemText(problem), problem])).values()]
}
