/** Names and paths with `*` in them, matched in time that grows with the text and the pattern alone. */

/** Whether a name matches a pattern in which `*` matches any number of characters. */
export function nameFits(pattern: string, name: string): boolean {
  if (!pattern.includes('*')) return pattern === name
  return fits([...pattern], [...name], '*', (wanted, given) => wanted === given)
}

/**
 * Whether a path matches a pattern: `*` matches within one segment, `**` any number of segments. A segment in braces,
 * as in templates of specifications, matches like any other text.
 */
export function pathFits(pattern: string, path: string): boolean {
  return fits(segmentsOf(pattern), segmentsOf(path), '**', nameFits)
}

function segmentsOf(path: string): readonly string[] {
  return path.replace(/^\/+|\/+$/g, '').split('/')
}

/** Backtracks only to the last star: what an earlier one could match, a later one can too. */
function fits(
  pattern: readonly string[],
  given: readonly string[],
  star: string,
  one: (wanted: string, given: string) => boolean,
): boolean {
  let at = 0
  let taken = 0
  let starAt = -1
  let starTaken = 0
  while (taken < given.length) {
    const wanted = pattern[at]
    const next = given[taken]
    if (wanted === star) {
      starAt = at
      starTaken = taken
      at += 1
    } else if (wanted !== undefined && next !== undefined && one(wanted, next)) {
      at += 1
      taken += 1
    } else if (starAt >= 0) {
      starTaken += 1
      taken = starTaken
      at = starAt + 1
    } else return false
  }
  while (pattern[at] === star) at += 1
  return at === pattern.length
}
