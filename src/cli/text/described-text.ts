import type { DescribedAt } from '../../model/api.ts'
import type { Json } from '../../model/json.ts'

/** Where a specification describes something, for programs. */
export function describedJson({ place, operation }: DescribedAt): Json {
  return { file: place.file, line: place.line, column: place.column, operation }
}
