/** The known word that was most likely meant, or undefined if none is close. */
export function suggestion(given: string, known: Iterable<string>): string | undefined {
  let best: string | undefined
  let least = Math.max(1, Math.floor(Math.min(given.length, 12) / 3)) + 1
  for (const word of known) {
    const distance = editDistance(given, word, least - 1)
    if (distance < least) {
      best = word
      least = distance
    }
  }
  return best
}

/**
 * How many letters must be inserted, removed, replaced or swapped with their neighbour to turn one word into the other,
 * ignoring case; `limit + 1` if it takes more than that.
 */
function editDistance(a: string, b: string, limit: number): number {
  if (Math.abs(a.length - b.length) > limit) return limit + 1
  const from = a.toLowerCase()
  const to = b.toLowerCase()
  let before: number[] = []
  let last = Array.from({ length: to.length + 1 }, (_, i) => i)
  for (let i = 1; i <= from.length; i += 1) {
    const row = [i]
    let least = i
    for (let j = 1; j <= to.length; j += 1) {
      const cost = from[i - 1] === to[j - 1] ? 0 : 1
      let value = Math.min((last[j] ?? 0) + 1, (row[j - 1] ?? 0) + 1, (last[j - 1] ?? 0) + cost)
      if (i > 1 && j > 1 && from[i - 1] === to[j - 2] && from[i - 2] === to[j - 1]) {
        value = Math.min(value, (before[j - 2] ?? 0) + 1)
      }
      row.push(value)
      least = Math.min(least, value)
    }
    if (least > limit) return limit + 1
    before = last
    last = row
  }
  return last[to.length] ?? limit + 1
}
