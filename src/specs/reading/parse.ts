import type { Json } from '../../model/json.ts'
import { fail, type Result, succeed } from '../../model/problem.ts'
import { readYaml } from '../../yaml/index.ts'
import { specificationDialect } from './dialect.ts'
import type { Positions, SourceText } from './source.ts'

/**
 * Reads YAML or JSON (which is YAML too) into plain values and notes where they stand. A file without a value gives
 * null; of several YAML documents the first is read.
 * Problems: `yaml-syntax`, `yaml-duplicate-key`, `yaml-alias`, `yaml-too-large`.
 */
export function parseSource(source: SourceText, positions: Positions): Result<Json> {
  const placeAt = (offset: number) => source.locate(Math.min(offset, source.text.length))
  const read = readYaml(source.text, { placeAt, dialect: specificationDialect })
  if (!read.ok) return fail(read.error.slice(0, 1))
  for (const [container, offsets] of read.value.offsets) positions.note(container, { source, offsets })
  return succeed(read.value.value ?? null)
}
