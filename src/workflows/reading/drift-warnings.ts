import type { Problem } from '../../model/problem.ts'
import type { Drift } from '../../reconcile/drift/drift.ts'
import { ruleProblems } from '../../reconcile/drift/ignore-rules.ts'
import type { Project } from '../project/project.ts'

/**
 * What is unusual about comparisons but isn't a difference: unknown causes; ignore rules that have ended; and rules
 * that match nothing at any of their targets, but only if all of these were compared.
 */
export function driftWarnings(project: Project, drifts: readonly Drift[]): readonly Problem[] {
  const compared = new Set(drifts.map(drift => drift.target))
  const rules = ruleProblems(
    drifts.flatMap(drift => drift.ignoreRules),
    rule => project.targets.every(({ name, ignore }) => compared.has(name) || !ignore.includes(rule)),
  )
  return [...drifts.flatMap(drift => drift.causesUnknown ?? []), ...rules]
}
