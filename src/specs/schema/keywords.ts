/** The content of a schema's keyword, which decides how it is read. */
export type KeywordKind =
  | 'schema'
  | 'schemas'
  | 'schemaMap'
  | 'text'
  | 'number'
  | 'count'
  | 'limit'
  | 'flag'
  | 'mark'
  | 'bound'
  | 'type'
  | 'names'
  | 'nameLists'
  | 'value'
  | 'values'
  | 'object'

/**
 * The keywords of OpenAPI 3.0's Schema Object and of JSON Schema 2020-12. Others are left out, but for `x-…`.
 *
 * - `count`: a number that means nothing where it is 0; `limit`: one that does
 * - `flag`: means nothing where it is false; `mark`: is kept as written
 * - `bound`: true or false in OpenAPI 3.0, a number in 3.1
 */
export const KEYWORDS: ReadonlyMap<string, KeywordKind> = new Map<string, KeywordKind>([
  ['additionalProperties', 'schema'],
  ['contains', 'schema'],
  ['contentSchema', 'schema'],
  ['else', 'schema'],
  ['if', 'schema'],
  ['items', 'schema'],
  ['not', 'schema'],
  ['propertyNames', 'schema'],
  ['then', 'schema'],
  ['unevaluatedItems', 'schema'],
  ['unevaluatedProperties', 'schema'],
  ['allOf', 'schemas'],
  ['anyOf', 'schemas'],
  ['oneOf', 'schemas'],
  ['prefixItems', 'schemas'],
  ['dependentSchemas', 'schemaMap'],
  ['patternProperties', 'schemaMap'],
  ['properties', 'schemaMap'],
  ['$anchor', 'text'],
  ['$comment', 'text'],
  ['$dynamicAnchor', 'text'],
  ['$dynamicRef', 'text'],
  ['$id', 'text'],
  ['$schema', 'text'],
  ['contentEncoding', 'text'],
  ['contentMediaType', 'text'],
  ['description', 'text'],
  ['format', 'text'],
  ['pattern', 'text'],
  ['title', 'text'],
  ['maximum', 'number'],
  ['minimum', 'number'],
  ['multipleOf', 'number'],
  ['minContains', 'count'],
  ['minItems', 'count'],
  ['minLength', 'count'],
  ['minProperties', 'count'],
  ['maxContains', 'limit'],
  ['maxItems', 'limit'],
  ['maxLength', 'limit'],
  ['maxProperties', 'limit'],
  ['deprecated', 'flag'],
  ['nullable', 'flag'],
  ['uniqueItems', 'flag'],
  ['readOnly', 'mark'],
  ['writeOnly', 'mark'],
  ['exclusiveMaximum', 'bound'],
  ['exclusiveMinimum', 'bound'],
  ['type', 'type'],
  ['required', 'names'],
  ['dependentRequired', 'nameLists'],
  ['const', 'value'],
  ['default', 'value'],
  ['example', 'value'],
  ['enum', 'values'],
  ['examples', 'values'],
  ['discriminator', 'object'],
  ['externalDocs', 'object'],
  ['xml', 'object'],
])
