import { canonicalText, type Json } from '../../../../model/json.ts'

/** Beyond so many comparisons, lists are taken as wholly different between what they begin and end with alike. */
const maxComparisons = 4_000_000

/** For each item of `after` the item of `before` that it is, in order; undefined where it is new. */
export function alignItems(before: readonly Json[], after: readonly Json[]): readonly (number | undefined)[] {
  // Where nothing was added or taken away, each item is what it was, or the other form of it.
  if (before.length === after.length) return after.map((_, i) => i)
  const a = before.map(canonicalText)
  const b = after.map(canonicalText)
  let start = 0
  while (start < a.length && start < b.length && a[start] === b[start]) start += 1
  let tail = 0
  while (
    tail < a.length - start &&
    tail < b.length - start &&
    a[a.length - 1 - tail] === b[b.length - 1 - tail]
  ) {
    tail += 1
  }
  const middle = longestCommon(a.slice(start, a.length - tail), b.slice(start, b.length - tail))
  return after.map((_, i) => {
    if (i < start) return i
    if (i >= b.length - tail) return i - b.length + a.length
    const found = middle.get(i - start)
    return found === undefined ? undefined : found + start
  })
}

/** A longest common subsequence of two lists of texts: from positions in `b` to positions in `a`. */
function longestCommon(a: readonly string[], b: readonly string[]): ReadonlyMap<number, number> {
  const found = new Map<number, number>()
  if (a.length === 0 || b.length === 0 || a.length * b.length > maxComparisons) return found
  const width = b.length + 1
  const lengths = new Uint32Array((a.length + 1) * width)
  const at = (i: number, j: number): number => lengths[i * width + j] ?? 0
  for (let i = a.length - 1; i >= 0; i -= 1) {
    for (let j = b.length - 1; j >= 0; j -= 1) {
      lengths[i * width + j] = a[i] === b[j] ? at(i + 1, j + 1) + 1 : Math.max(at(i + 1, j), at(i, j + 1))
    }
  }
  let i = 0
  let j = 0
  while (i < a.length && j < b.length) {
    if (a[i] === b[j]) found.set(j++, i++)
    else if (at(i + 1, j) >= at(i, j + 1)) i += 1
    else j += 1
  }
  return found
}
