/**
 * Whether a tag is empty: no entity carries one, and what it was to narrow down would be everything. It mostly comes
 * from a variable that is not set.
 */
export function isEmptyTag(tag: string): boolean {
  return tag.trim() === ''
}
