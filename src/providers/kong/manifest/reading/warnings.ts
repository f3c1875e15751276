import type { RawEntity } from '../../../../model/entity.ts'
import { asString, isArray } from '../../../../model/json.ts'
import type { Problem } from '../../../../model/problem.ts'

/** What is odd in manifests but no error: decK warns of it too. */
export function warningsOf(entities: readonly RawEntity[]): readonly Problem[] {
  return entities.flatMap(({ kind, fields, source, variables }) => {
    if (kind !== 'route' || !isArray(fields.paths)) return []
    return fields.paths.flatMap((path, i) => {
      if (typeof path !== 'string' || path.startsWith('~') || !/[()|[\]*+?^$\\{}]/.test(path)) return []
      const message = `a path of route ${asString(fields.name) ?? ''} looks like a regular expression, and is taken as it stands`
      const isShown = !variables?.some(([field]) => field === 'paths')
      const hint = `Begin it with ~ where a pattern is meant${isShown ? `: "~${path}"` : ''}.`
      const place = source?.place(`paths.${i}`)
      return [{ code: 'literal-path', message, hint, ...(place ? { place } : {}) }]
    })
  })
}
