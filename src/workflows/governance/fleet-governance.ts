import { evaluate, evaluateSliced } from '../../governance/evaluate.ts'
import { compareFindings, type Finding } from '../../governance/finding.ts'
import { type Policy, severityAt, withSeverity } from '../../governance/policies/policy.ts'
import { itemsSliced } from '../../governance/state-items.ts'
import { waiverFindings } from '../../governance/waivers/upkeep.ts'
import { type Problem, ProblemError, type Result } from '../../model/problem.ts'
import type { State } from '../../model/state/state.ts'
import { inSlices, type Sliced } from '../../model/time-slices.ts'
import type { Plan } from '../../reconcile/plan/plan.ts'
import { type GatewayTarget, hasManifests, type Project } from '../project/project.ts'
import type { Compared } from '../reading/compare-target.ts'
import { manifestFilesOf } from '../reading/read-manifests.ts'
import { type Designs, exposureOf, readDesigns } from './check.ts'
import { ClearText } from './clear-text.ts'
import { coverageByEnvironment } from './coverage.ts'
import { findingsAtSliced, planFindingsSliced } from './gate.ts'
import { type GovernanceView, policyView, waiverView } from './governance-view.ts'
import { caught, type Governance, loadGovernance } from './load-governance.ts'
import type { PlanFindings } from './plan-findings.ts'
import { itemsOfSpecification } from './specifications/specifications.ts'
import { stateTools } from './state-tools.ts'
import { describedBy, infoOf, policyStatesOf } from './target-policy-states.ts'

interface Loaded {
  readonly governance: Result<Governance>
  readonly designs: Designs
}

/** What policies find in a fleet that is being watched: read again with each refresh, evaluated target by target. */
export class FleetGovernance {
  readonly #project: Project
  #loading: Promise<Loaded> | undefined
  #loaded: Loaded | undefined
  readonly #clear = new Map<string, ClearText>()
  /** Findings at gateways as they were read: plans are evaluated against them repeatedly. */
  #atGateways = new WeakMap<State, readonly Finding[]>()

  /** Why policies could not be asked since they were read. */
  #problems: readonly Problem[] = []

  constructor(project: Project) {
    this.#project = project
  }

  /** Policies, waivers and specifications are read again when they are next asked for. */
  forget(): void {
    this.#loading = undefined
    this.#atGateways = new WeakMap()
    this.#problems = []
  }

  /** The findings at a target that was just compared; null: the policies can't be read. */
  async findings(compared: Compared): Promise<readonly Finding[] | null> {
    const { target } = compared
    const [{ governance }, files] = await Promise.all([
      this.#load(),
      hasManifests(target) ? manifestFilesOf(this.#project, target) : undefined,
    ])
    this.#clear.set(target.name, new ClearText(files?.ok ? files.value : []))
    if (!governance.ok) return null
    const found = await this.#caught(() => inSlices(this.#ask(compared, governance.value.policies)))
    return found && governance.value.waive(found).findings
  }

  /** How a plan would change findings; null: the policies can't be read. */
  async planFindings(compared: Compared, plan: Plan): Promise<PlanFindings | null> {
    const { governance, designs } = await this.#load()
    if (!governance.ok) return null
    const { policies } = governance.value
    const project = this.#project
    const context = { project, governance: governance.value, policies, described: designs.described }
    return this.#caught(async () => {
      const known = this.#atGateways.get(compared.live)
      const before = known ?? (await inSlices(findingsAtSliced(context, compared, compared.live)))
      if (this.#loaded?.governance === governance) this.#atGateways.set(compared.live, before)
      return inSlices(planFindingsSliced(context, compared, plan, before))
    })
  }

  /** What a rule would find at these targets today, whatever its state and waivers. */
  async impact(rule: string, compared: readonly Compared[]): Promise<readonly Finding[]> {
    const loaded = await this.#load()
    const policy = loaded.governance.ok
      ? loaded.governance.value.policies.find(each => each.id === rule)
      : undefined
    if (!policy) return []
    const asked = inForce(policy)
    const found = await this.#caught(async () => {
      const all = [...this.#inDesigns(loaded, [asked], compared)]
      for (const each of compared) all.push(...(await inSlices(this.#ask(each, [asked]))))
      return all
    })
    return found?.sort(compareFindings) ?? []
  }

  /** Policies, waivers and coverage, with all findings of targets. */
  async view(
    targets: readonly GatewayTarget[],
    compared: readonly Compared[],
    found: readonly Finding[],
  ): Promise<GovernanceView> {
    const loaded = await this.#load()
    const { governance, designs } = loaded
    const { enforced } = this.#project.governance
    const states = targets.map(target => {
      const known = compared.find(each => each.target.name === target.name)
      const info = infoOf(this.#project, target)
      return known
        ? policyStatesOf(info, known, () => [])
        : { info, manifest: null, live: null, inClear: () => [] }
    })
    const coverage = coverageByEnvironment(this.#project, states, designs.described)
    if (!governance.ok) {
      const problems = [...governance.error, ...designs.problems]
      return { enforced, commit: null, policies: [], waivers: [], findings: [], coverage, problems }
    }
    const { policies, commit, findings: own, problems } = governance.value
    const inDesigns = await this.#caught(async () => this.#inDesigns(loaded, policies, compared))
    const ofDesigns = inDesigns ?? []
    const bare = found.map(finding => ({ ...finding, waived: null }))
    const { findings, outcomes } = governance.value.waive([...ofDesigns, ...bare])
    const whole = compared.length === this.#project.targets.length
    return {
      enforced,
      commit,
      policies: policies.map(policy => policyView(policy, findings)),
      waivers: outcomes.map(waiverView),
      findings: [
        ...findings.filter(finding => finding.target === null),
        ...own,
        ...waiverFindings(outcomes, () => whole),
      ].sort(compareFindings),
      coverage,
      problems: [...problems, ...this.#problems, ...designs.problems],
    }
  }

  *#ask(compared: Compared, policies: readonly Policy[]): Sliced<readonly Finding[]> {
    const { target } = compared
    const info = infoOf(this.#project, target)
    const clear = this.#clear.get(target.name)
    const states = policyStatesOf(info, compared, entity => clear?.in(entity) ?? [])
    const described = describedBy(states, this.#loaded?.designs.described ?? null)
    const items = yield* itemsSliced(described, stateTools)
    const { findings, problems } = yield* evaluateSliced(items, policies, this.#project.now())
    if (problems.length > 0) throw new ProblemError(problems)
    return findings
  }

  /** The evaluator; null: it had to be ended, and the reason is kept. */
  async #caught<T>(ask: () => Promise<T>): Promise<T | null> {
    const asked = await caught(ask)
    if (asked.ok) return asked.value
    const known = new Set(this.#problems.map(each => each.message))
    this.#problems = [...this.#problems, ...asked.error.filter(each => !known.has(each.message))]
    return null
  }

  #inDesigns(
    { designs }: Loaded,
    policies: readonly Policy[],
    compared: readonly Compared[],
  ): readonly Finding[] {
    const read = compared.map(each => ({
      states: policyStatesOf(infoOf(this.#project, each.target), each, () => []),
    }))
    const exposures = exposureOf(read, designs.described)
    const items = designs.specifications.flatMap(each =>
      itemsOfSpecification(each, exposures.get(each.uri) ?? null),
    )
    const { findings, problems } = evaluate(items, policies, this.#project.now())
    if (problems.length > 0) throw new ProblemError(problems)
    return findings
  }

  async #load(): Promise<Loaded> {
    this.#loading ??= Promise.all([loadGovernance(this.#project), readDesigns(this.#project)]).then(
      ([governance, designs]) => ({ governance, designs }),
    )
    this.#loaded = await this.#loading
    return this.#loaded
  }
}

/** A policy as if it were approved everywhere: drafts, retired policies and those that are off have findings too. */
export function inForce(policy: Policy): Policy {
  const approved: Policy = { ...policy, stamp: { ...policy.stamp, state: 'approved' } }
  const off =
    severityAt(approved, null) === 'off' && Object.values(policy.severity).every(each => each === 'off')
  return off ? withSeverity(approved, { default: 'warn' }) : approved
}
