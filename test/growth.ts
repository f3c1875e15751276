/**
 * How much more CPU time work takes at four times the size: 4 where it grows as the size does, 16 as its square. Both
 * sizes are measured by turns, and the least ratio of five counts, so that a busy machine counts for little: what
 * grows as the square does so every time.
 */
export function growth(work: (size: number) => void, size: number): number {
  const taken = (n: number): number => {
    const before = process.cpuUsage()
    work(n)
    const { user, system } = process.cpuUsage(before)
    return user + system
  }
  work(size)
  return Math.min(...[1, 2, 3, 4, 5].map(() => taken(4 * size) / taken(size)))
}
