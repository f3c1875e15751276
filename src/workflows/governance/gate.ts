import type { DescribedCall } from '../../governance/description.ts'
import { type Evaluation, evaluateSliced } from '../../governance/evaluate.ts'
import { counts, type Finding } from '../../governance/finding.ts'
import { findingsBetween, refusalOf } from '../../governance/gate.ts'
import { appliesTo, type Policy, severityAt } from '../../governance/policies/policy.ts'
import { itemsSliced } from '../../governance/state-items.ts'
import type { JournalEntry } from '../../ledger/journal-entry.ts'
import { fail, type Problem, ProblemError, type Result, succeed } from '../../model/problem.ts'
import type { State } from '../../model/state/state.ts'
import { inSlices, type Sliced } from '../../model/time-slices.ts'
import type { Plan } from '../../reconcile/plan/plan.ts'
import { stateAfter } from '../../reconcile/plan/state-after.ts'
import { protectionUnknown, touchesRouting } from '../meaning/protection.ts'
import { notModelledHere } from '../meaning/traffic.ts'
import type { Project } from '../project/project.ts'
import type { Compared } from '../reading/compare-target.ts'
import { readDesigns } from './check.ts'
import { caught, type Governance, loadGovernance } from './load-governance.ts'
import type { PlanFindings } from './plan-findings.ts'
import { stateTools } from './state-tools.ts'
import { describedBy, infoOf, policyStatesOf } from './target-policy-states.ts'

/** Who evaluates a plan's findings, and with what. */
export interface GateContext {
  readonly project: Project
  readonly governance: Governance
  readonly policies: readonly Policy[]
  readonly described: readonly DescribedCall[] | null
}

/**
 * The findings at a gateway with this state. Contacts nobody; throws a `ProblemError` if a policy can't be evaluated.
 */
export function* findingsAtSliced(
  context: GateContext,
  compared: Compared,
  live: State,
): Sliced<readonly Finding[]> {
  const { findings } = yield* evaluatedAt(context, compared, live)
  return findings
}

function* evaluatedAt(
  { project, governance, policies, described }: GateContext,
  compared: Compared,
  live: State,
): Sliced<Evaluation> {
  const states = policyStatesOf(infoOf(project, compared.target), { ...compared, live }, () => [])
  const items = yield* itemsSliced(describedBy(states, described), stateTools, ['live'])
  const found = yield* evaluateSliced(items, policies, project.now())
  if (found.problems.length > 0) throw new ProblemError(found.problems)
  return { ...found, findings: governance.waive(found.findings).findings }
}

/** How a plan would change the findings at a gateway. Contacts nobody. */
export function* planFindingsSliced(
  context: GateContext,
  compared: Compared,
  plan: Plan,
  before?: readonly Finding[],
): Sliced<PlanFindings> {
  const { project } = context
  const { target } = compared
  const now = before ?? (yield* findingsAtSliced(context, compared, compared.live))
  const after = stateAfter(compared.live, compared.desired, plan.changes)
  yield
  const then = yield* evaluatedAt(context, compared, after)
  const change = findingsBetween(now, then.findings)
  // A plan can't make worse what is unknown and doesn't affect it.
  const bears = plan.unknown !== undefined || (notModelledHere(after) !== null && touchesRouting(plan, after))
  const untold = bears ? untoldOf(context, compared, then.unread) : []
  const allowed = mayOverride(project, target.environment)
  const hint = allowed
    ? 'Correct the manifest or have it waived; --override REASON syncs it anyway.'
    : 'Correct the manifest, or have it waived: see docs/policies.md.'
  const refusal = project.governance.enforced
    ? (refusalOf(target.name, change, hint) ?? refusalOfUntold(target.name, untold, compared, allowed))
    : null
  return { ...change, untold, refusal, mayOverride: allowed }
}

/** The policies that block at a target and could not be asked of all. */
function untoldOf(
  { project, policies }: GateContext,
  { target }: Compared,
  unread: Evaluation['unread'],
): PlanFindings['untold'] {
  const info = infoOf(project, target)
  return policies.flatMap(policy => {
    const entities = unread.get(policy.id) ?? 0
    return entities > 0 && severityAt(policy, info) === 'block' && appliesTo(policy, info)
      ? [{ rule: policy.id, entities }]
      : []
  })
}

/** A blocking policy that can't be evaluated blocks: making a reading fail must not bypass it. */
function refusalOfUntold(
  target: string,
  untold: PlanFindings['untold'],
  { live }: Compared,
  mayOverride: boolean,
): Problem | null {
  if (untold.length === 0) return null
  const told = untold.map(({ rule, entities }) => `${rule} for ${entities}`)
  const unmodelled = notModelledHere(live)
  const why = unmodelled ?? protectionUnknown(live) ?? 'not everything could be read'
  return {
    code: 'policy-not-known',
    target,
    message: `policies refuse this sync, because blocking rules can’t be evaluated: ${told.join(', ')}; ${why}`,
    hint:
      unmodelled === null
        ? `Make sure that they can be read${mayOverride ? '; --override REASON syncs it anyway' : ''}.`
        : mayOverride
          ? '--override REASON syncs it anyway.'
          : 'Add the environment to `governance.override`, to sync it anyway with a reason.',
  }
}

/** Whichever commit the manifests come from, today's policies apply. */
function asItStands(project: Project): Project {
  return { ...project, commit: null }
}

/** The same before a plan is applied, for the preview; null: the policies can't be read, which the sync will report. */
export async function previewFindings(
  project: Project,
  compared: Compared,
  plan: Plan,
): Promise<PlanFindings | null> {
  const [governance, designs] = await Promise.all([
    loadGovernance(asItStands(project)),
    readDesigns(asItStands(project)),
  ])
  if (!governance.ok || governance.value.problems.length > 0) return null
  const { policies } = governance.value
  const context = { project, governance: governance.value, policies, described: designs.described }
  const found = await caught(() => inSlices(planFindingsSliced(context, compared, plan)))
  return found.ok ? found.value : null
}

function mayOverride({ governance }: Project, environment: string): boolean {
  return governance.override.includes(environment)
}

/**
 * Accepts a plan or refuses it: it is refused if it would introduce what policies block, or if the policies can't be
 * read. Where the configuration allows it, a reason overrides that, with an entry in the journal. Both faces use this.
 */
export async function passGate(
  project: Project,
  compared: Compared,
  plan: Plan,
  override: string | undefined,
): Promise<Result<readonly JournalEntry[]>> {
  if (!project.governance.enforced || plan.changes.length === 0) return succeed([])
  const governance = await loadGovernance(asItStands(project))
  if (!governance.ok) return governance
  const info = infoOf(project, compared.target)
  const blocking = governance.value.policies.filter(
    policy => severityAt(policy, info) === 'block' && appliesTo(policy, info),
  )
  if (blocking.length === 0) return succeed([])
  if (governance.value.problems.length > 0) return fail(governance.value.problems)
  const ofDesigns = blocking.some(({ assert, select }) =>
    ['specification', 'beyond'].some(root => assert.roots.has(root) || select.where.roots.has(root)),
  )
  const described = ofDesigns ? (await readDesigns(asItStands(project))).described : null
  const context = { project, governance: governance.value, policies: blocking, described }
  const asked = await caught(() => inSlices(planFindingsSliced(context, compared, plan)))
  if (!asked.ok) return asked
  const found = asked.value
  if (!found.refusal) return succeed([])
  if (override === undefined) return fail([found.refusal])
  if (!mayOverride(project, compared.target.environment)) {
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
      at: project.now().toISOString(),
      by: await project.user(),
      reason,
      findings: [
        ...found.introduces.filter(each => counts(each, 'block')).map(each => each.id),
        ...found.untold.map(({ rule }) => `${rule} (unknown)`),
      ],
      policies: governance.value.commit,
    },
  ])
}
