/** A stopwatch of this process's CPU time, in milliseconds: what else the machine does, does not count. */
export function cpuStopwatch(): () => number {
  const before = process.cpuUsage()
  return () => {
    const { user, system } = process.cpuUsage(before)
    return (user + system) / 1000
  }
}
