/**
 * Whether a tag is empty: no entity carries one, and it would select everything instead of narrowing down. It usually
 * comes from a variable that isn't set.
 */
export function isEmptyTag(tag: string): boolean {
  return tag.trim() === ''
}
