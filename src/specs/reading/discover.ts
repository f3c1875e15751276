import { isObject, type Json, type JsonObject } from '../../model/json.ts'

/** A `$ref` with the object that holds it. */
export interface FoundReference {
  readonly reference: string
  readonly holder: JsonObject
}

/** Keywords whose values are data, not schemas: a `$ref` in them is none. */
const DATA = new Set(['const', 'default', 'enum', 'example', 'examples', 'value'])

/** Objects whose keys are names that the author chose. */
const NAMED = new Set([
  '$defs',
  'callbacks',
  'definitions',
  'dependentSchemas',
  'headers',
  'parameters',
  'paths',
  'patternProperties',
  'properties',
  'requestBodies',
  'responses',
  'schemas',
  'variables',
])

/** The references in a value that lead to other files. */
export function outgoingReferences(value: Json): readonly FoundReference[] {
  const found: FoundReference[] = []
  const seen = new Set<Json>()
  const rest: { value: Json; key: string }[] = [{ value, key: '' }]
  for (let next = rest.pop(); next; next = rest.pop()) {
    const { value: current, key } = next
    if (typeof current !== 'object' || current === null || seen.has(current)) continue
    seen.add(current)
    if (isObject(current)) {
      const reference = current.$ref
      if (typeof reference === 'string' && reference !== '' && !reference.startsWith('#')) {
        found.push({ reference, holder: current })
      }
    }
    const isNamed = NAMED.has(key)
    for (const [name, child] of Object.entries(current)) {
      if (isNamed || !DATA.has(name)) rest.push({ value: child, key: isNamed ? '' : name })
    }
  }
  return found
}
