/** `1 route`, `2 routes`, `2 policies`, `2 keys`, `2 addresses`. */
export function counted(n: number, word: string): string {
  if (n === 1) return `1 ${word}`
  if (word.endsWith('s')) return `${n} ${word}es`
  return `${n} ${/[^aeiou]y$/.test(word) ? `${word.slice(0, -1)}ies` : `${word}s`}`
}
