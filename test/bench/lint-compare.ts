/** What is compared of a finding. */
export interface FoundFinding {
  readonly rule: string
  readonly message: string
  readonly line: number
}

/** A message without the names in it: Spectral writes the end of the path there, a wrong one where the place is wrong. */
function masked({ rule, message }: FoundFinding): string {
  return `${rule}: ${message.replace(/`[^`]*`|"[^"]*"|\S+\.\S+/g, '…')}`
}

/** Which findings of one list have none of their rule at the same line in the other, and which have none at all. */
export function compareFindings(from: readonly FoundFinding[], to: readonly FoundFinding[]) {
  const places = new Set(to.map(({ rule, line }) => `${rule}:${line}`))
  const messages = new Set(to.map(masked))
  const moved = from.filter(({ rule, line }) => !places.has(`${rule}:${line}`))
  return { moved, missing: moved.filter(finding => !messages.has(masked(finding))) }
}
