/**
 * How much more CPU time work takes at four times the size: 4 where it grows as the size does, 16 as its square. The
 * least of three tries each, so that a busy machine counts for little.
 */
export function growth(work: (size: number) => void, size: number): number {
  const least = (n: number): number =>
    Math.min(
      ...[1, 2, 3].map(() => {
        const before = process.cpuUsage()
        work(n)
        const { user, system } = process.cpuUsage(before)
        return user + system
      }),
    )
  work(size)
  return least(4 * size) / least(size)
}
