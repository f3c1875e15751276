import type { Problem, SharedFault } from '../problem.ts'

/** A problem whose sentence is about one part of many. */
export function partProblem(fault: SharedFault, problem: Omit<Problem, 'message' | 'fault'>): Problem {
  const { before, part, after } = fault
  return { ...problem, message: `${before}${part}${after}`, fault }
}

/** How many parts a sentence names. */
const named = 3

/** What shares a fault, and the one problem that reports it. */
export interface FaultGroup<T> {
  readonly items: readonly [T, ...T[]]
  readonly problem: Problem
}

/** Problems with one cause are reported as one, with a count: nobody acts on the tenth sentence about one fault. */
export function toldOnce(problems: readonly Problem[]): readonly Problem[] {
  return groupFaults(problems, problem => problem).map(group => group.problem)
}

/** Groups what has problems by their causes, in the order in which these first occur. */
export function groupFaults<T>(
  items: readonly T[],
  problemOf: (item: T) => Problem,
): readonly FaultGroup<T>[] {
  const groups = Map.groupBy(items, item => causeOf(problemOf(item)))
  return [...groups.values()].flatMap(([first, ...rest]) => {
    if (first === undefined) return []
    return [{ items: [first, ...rest] as const, problem: joined(problemOf(first), rest.map(problemOf)) }]
  })
}

/** Equal for problems with one cause. Another place is another cause: each must be fixed there. */
function causeOf({ code, target, message, hint, place, fault }: Problem): string {
  return JSON.stringify([code, target, hint, place, ...(fault ? [fault.before, fault.after] : [message])])
}

function joined(first: Problem, rest: readonly Problem[]): Problem {
  if (rest.length === 0) return first
  const { fault, message, ...problem } = first
  const parts = [...new Set([first, ...rest].flatMap(each => each.fault?.part ?? []))].sort()
  if (!fault || parts.length === 1) return { ...problem, message: `${message}, ${rest.length + 1} times` }
  return { ...problem, message: `${fault.before}${listed(fault, parts)}${fault.after}` }
}

/** As `19 kinds (plugins, routes, services and 16 more)`. */
function listed({ parts: noun }: SharedFault, parts: readonly string[]): string {
  const shown = parts.slice(0, named)
  const last = parts.length > named ? `${parts.length - named} more` : (shown.pop() ?? '')
  return `${parts.length} ${noun} (${shown.join(', ')} and ${last})`
}
