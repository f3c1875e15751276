/** A number with its noun, such as `1 route`, `2 routes`. */
export function plural(n: number, word: string, words = `${word}s`): string {
  return `${n} ${n === 1 ? word : words}`
}
