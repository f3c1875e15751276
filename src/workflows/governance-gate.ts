import type { DescribedCall } from '../governance/description.ts'
import { evaluate } from '../governance/evaluate.ts'
import { counts, type Finding } from '../governance/finding.ts'
import { type FindingsChange, findingsBetween, refusalOf } from '../governance/gate.ts'
import { appliesTo, type Policy, severityAt } from '../governance/policy.ts'
import { itemsOfTarget } from '../governance/state-items.ts'
import type { JournalEntry } from '../ledger/journal.ts'
import type { State } from '../model/entity.ts'
import { fail, type Problem, type Result, succeed } from '../model/problem.ts'
import type { Plan } from '../reconcile/plan.ts'
import { stateAfter } from '../reconcile/state-after.ts'
import type { Compared } from './compare-target.ts'
import { type Governance, loadGovernance } from './governance.ts'
import { readDesigns } from './governance-check.ts'
import { stateTools } from './governance-states.ts'
import { describedBy, infoOf, policyStatesOf } from './governance-targets.ts'
import type { Workspace } from './workspace.ts'

/** What a plan makes of findings at the gateway, and why it will be refused; null: it is not. */
export type PlanFindings = FindingsChange & { readonly refusal: Problem | null }

/** What a plan would make of the findings at a gateway. Asks nothing. */
export function planFindings(
  workspace: Workspace,
  governance: Governance,
  described: readonly DescribedCall[] | null,
  compared: Compared,
  plan: Plan,
): PlanFindings {
  return findingsOf(workspace, governance, governance.policies, described, compared, plan)
}

function findingsOf(
  workspace: Workspace,
  governance: Governance,
  policies: readonly Policy[],
  described: readonly DescribedCall[] | null,
  compared: Compared,
  plan: Plan,
): PlanFindings {
  const { target } = compared
  const info = infoOf(workspace, target)
  const foundIn = (live: State): readonly Finding[] => {
    const states = policyStatesOf(info, { ...compared, live }, () => [])
    const items = itemsOfTarget(describedBy(states, described), stateTools, ['live'])
    return governance.waive(evaluate(items, policies, workspace.now()).findings).findings
  }
  const after = stateAfter(compared.live, compared.desired, plan.changes)
  const change = findingsBetween(foundIn(compared.live), foundIn(after))
  const hint = mayOverride(workspace, target.environment)
    ? 'Correct the manifest or have it waived; with --override REASON it is done all the same.'
    : 'Correct the manifest, or have it waived: see docs/policies.md.'
  const refused = workspace.governance.enforced ? refusalOf(target.name, change, hint) : null
  return { ...change, refusal: refused }
}

/** Whatever commit the manifests are taken from: what holds is the policies of today. */
function asItStands(workspace: Workspace): Workspace {
  return { ...workspace, commit: null }
}

/** The same before a plan is applied, for the preview; null: the policies can't be read, which the sync will tell. */
export async function previewFindings(
  workspace: Workspace,
  compared: Compared,
  plan: Plan,
): Promise<PlanFindings | null> {
  const [governance, designs] = await Promise.all([
    loadGovernance(asItStands(workspace)),
    readDesigns(asItStands(workspace)),
  ])
  return governance.ok ? planFindings(workspace, governance.value, designs.described, compared, plan) : null
}

function mayOverride({ governance }: Workspace, environment: string): boolean {
  return governance.override.includes(environment)
}

/**
 * Lets a plan pass, or refuses it: when it would introduce what policies block, or when the policies can't be read.
 * Where the configuration allows it a reason lets it pass all the same, with an entry for the journal. Both faces come
 * through here.
 */
export async function passGate(
  workspace: Workspace,
  compared: Compared,
  plan: Plan,
  override: string | undefined,
): Promise<Result<readonly JournalEntry[]>> {
  if (!workspace.governance.enforced || plan.changes.length === 0) return succeed([])
  const governance = await loadGovernance(asItStands(workspace))
  if (!governance.ok) return governance
  const info = infoOf(workspace, compared.target)
  const blocking = governance.value.policies.filter(
    policy => severityAt(policy, info) === 'block' && appliesTo(policy, info),
  )
  if (blocking.length === 0) return succeed([])
  const asked = blocking.some(({ assert, select }) =>
    ['specification', 'beyond'].some(root => assert.roots.has(root) || select.where.roots.has(root)),
  )
  const described = asked ? (await readDesigns(asItStands(workspace))).described : null
  const found = findingsOf(workspace, governance.value, blocking, described, compared, plan)
  if (!found.refusal) return succeed([])
  if (override === undefined) return fail([found.refusal])
  if (!mayOverride(workspace, compared.target.environment)) {
    const message = `an override is not allowed in ${compared.target.environment}: ${found.refusal.message}`
    return fail([{ ...found.refusal, code: 'override-not-allowed', message }])
  }
  const reason = override.trim()
  if (reason === '') {
    return fail([{ ...found.refusal, message: `an override needs a reason: ${found.refusal.message}` }])
  }
  return succeed([
    {
      type: 'override',
      at: workspace.now().toISOString(),
      by: await workspace.user(),
      reason,
      findings: found.introduces.filter(each => counts(each, 'block')).map(each => each.id),
      policies: governance.value.commit,
    },
  ])
}
