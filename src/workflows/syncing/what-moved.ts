import type { SecretSink } from '../../model/masking/secret-marks.ts'
import type { Problem } from '../../model/problem.ts'
import type { Change } from '../../reconcile/drift/drift.ts'
import { writesIgnored } from '../../reconcile/drift/ignore.ts'
import { type IgnoreRule, ruleText } from '../../reconcile/drift/ignore-rules.ts'
import { preconditionOf } from '../../reconcile/plan/make-plan.ts'
import type { Plan } from '../../reconcile/plan/plan.ts'
import { firstDifference, movedProblem } from '../../reconcile/plan/staleness.ts'
import type { Compared } from '../reading/compare-target.ts'

/** Everything that isn't as the plan saw it: address, read mode, and each entity that it would write. */
export function whatMoved(plan: Plan, now: Compared, secrets: SecretSink): readonly Problem[] {
  const problems: Problem[] = []
  if (plan.address !== now.session.identity.address) {
    problems.push({
      code: 'other-address',
      target: plan.target,
      message: `the plan was made for ${plan.address}, but ${plan.target} is now ${now.session.identity.address}`,
      hint: 'Make a new plan.',
    })
  }
  const workspace = now.session.identity.workspace ?? 'default'
  if (plan.version !== 1 && (plan.workspace ?? 'default') !== workspace) {
    problems.push({
      code: 'other-workspace',
      target: plan.target,
      message: `the plan was made for the workspace ${plan.workspace ?? 'default'}, but ${workspace} is read now`,
      hint: 'Name that workspace, or make a new plan.',
    })
  }
  for (const change of plan.changes) {
    const rule = writesIgnored(change, now.ignoring)
    if (rule) problems.push(ignoredSince(plan, change, rule))
  }
  for (const precondition of plan.preconditions) {
    const { kind } = precondition.entity
    const coverage = now.live.coverage.get(kind)
    if (coverage?.state !== 'complete') {
      problems.push(
        coverage
          ? coverage.reason
          : { code: 'unreadable', target: plan.target, message: `${kind} entities can't be read now` },
      )
      continue
    }
    const found = preconditionOf({ ...precondition.entity, operation: 'update' }, now.live)
    const difference = firstDifference(precondition, found, secrets)
    if (difference) problems.push(movedProblem(plan, precondition, difference))
  }
  return dedupe(problems)
}

/** A rule that came after the plan was made. */
function ignoredSince(plan: Plan, change: Change, rule: IgnoreRule): Problem {
  return {
    code: 'ignored-since',
    target: plan.target,
    message: `the plan is stale: it would ${change.operation} ${change.kind} ${change.name}, but the rule at ${rule.place.file}:${rule.place.line} now ignores ${ruleText(rule)}; nothing was written`,
    hint: 'Make a new plan and review it.',
  }
}

function dedupe(problems: readonly Problem[]): readonly Problem[] {
  return [...new Map(problems.map(problem => [`${problem.code} ${problem.message}`, problem])).values()]
}
