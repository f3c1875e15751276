import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { Approval, Finding } from '../../governance/finding.ts'
import type { Policy } from '../../governance/policies/policy.ts'
import { codeOwnersOf, People } from '../../governance/waivers/people.ts'
import { examplesFinding } from '../../governance/waivers/upkeep.ts'
import { type Waiver, type WaiverOutcome, waive } from '../../governance/waivers/waivers.ts'
import { fail, type Problem, ProblemError, type Result, succeed } from '../../model/problem.ts'
import type { Project } from '../project/project.ts'
import { exampleFailures, exampleProvider } from './policies/examples.ts'
import type { LoadedPolicy } from './policies/read-policies.ts'
import { readPolicies } from './policies/read-policies.ts'
import { digestOf } from './specifications/governance-files.ts'
import type { ApprovalContext } from './waivers/approvals.ts'
import { authoredBy } from './waivers/approvals.ts'
import { readReviews, readWaivers } from './waivers/read-waivers.ts'

/** The policies and waivers of a project, read. */
export interface Governance {
  /** With the state in which it counts: an approved policy whose examples fail is a candidate. */
  readonly policies: readonly Policy[]
  readonly waivers: readonly Waiver[]
  /** Problems of the policies themselves. */
  readonly findings: readonly Finding[]
  /**
   * Why the examples of policies can't be run: a function didn't answer. Such a policy counts in the state that it
   * declares.
   */
  readonly problems: readonly Problem[]
  /** The commit at which policies were read; null: outside Git. */
  readonly commit: string | null
  /** Digests of the policies' files, by id, as reviews name them. */
  readonly digests: ReadonlyMap<string, string>
  /** Which of these findings are waived; used by console, command line and gate alike. */
  waive(findings: readonly Finding[]): {
    readonly findings: readonly Finding[]
    readonly outcomes: readonly WaiverOutcome[]
  }
}

/** Where forges look for it. */
const codeOwnersFiles = ['CODEOWNERS', '.github/CODEOWNERS', '.gitlab/CODEOWNERS', 'docs/CODEOWNERS']

/**
 * Reads policies, waivers, reviews and owners, at the project's commit or on disk. Any file that can't be understood is
 * a problem: half a set of policies would allow what the other half forbids.
 */
export async function loadGovernance(project: Project): Promise<Result<Governance>> {
  const [loaded, reviews, owners, head] = await Promise.all([
    readPolicies(project),
    readReviews(project),
    readCodeOwners(project),
    project.repository?.head(),
  ])
  if (!loaded.ok) return loaded
  if (!reviews.ok) return reviews
  const { people: emails, requireApproval } = project.governance
  const people = new People(emails)
  const context: ApprovalContext = { project, people, owners: codeOwnersOf(owners), reviews: reviews.value }
  const commit = project.commit ?? (head?.ok ? head.value.commit : null)
  const waivers = await readWaivers(project, context)
  if (!waivers.ok) return waivers
  const judged = await Promise.all(loaded.value.map(each => judge(each, context, commit)))
  const policies = judged.map(each => each.policy)
  const rules = new Set(policies.map(policy => policy.id))
  return succeed({
    policies,
    waivers: waivers.value,
    findings: judged.flatMap(each => each.findings),
    problems: judged.flatMap(each => each.problems),
    commit,
    digests: new Map(
      loaded.value.flatMap(({ policy, source }) =>
        source ? [[policy.id, digestOf(source.file.text)] as const] : [],
      ),
    ),
    waive: findings =>
      waive(findings, waivers.value, {
        kinds: project.providers.kinds,
        now: project.now(),
        people,
        rules,
        requireApproval,
      }),
  })
}

/** The problems thrown when a policy can't be evaluated, as a value. */
export async function caught<T>(ask: () => Promise<T>): Promise<Result<T>> {
  try {
    return succeed(await ask())
  } catch (error) {
    if (error instanceof ProblemError) return fail(error.problems)
    throw error
  }
}

interface Judged {
  readonly policy: Policy
  readonly findings: readonly Finding[]
  readonly problems: readonly Problem[]
}

/** How a policy counts: it is approved if its examples pass and, where required, its approval is verified. */
async function judge(
  { policy, source }: LoadedPolicy,
  context: ApprovalContext,
  commit: string | null,
): Promise<Judged> {
  if (!source) return { policy, findings: [], problems: [] }
  const { file, document, root } = source
  const approved = policy.stamp.state === 'approved'
  const lines = file.text.split('\n').flatMap((text, i) => (text.trim() === '' ? [] : [i + 1]))
  const { authors, approval } = await authoredBy(
    {
      file,
      lines,
      approvedLine: approved ? document.place(root, 'state').line : null,
      content: digestOf(file.text),
      claimed: null,
      contentIn: digestOf,
    },
    context,
  )
  const stamp = { ...policy.stamp, approval, commit: authors === null ? null : commit }
  if (!approved) return { policy: { ...policy, stamp }, findings: [], problems: [] }
  const ran = exampleFailures(policy, await exampleProvider(context.project.providers.usual))
  if (!ran.ok) return { policy: { ...policy, stamp }, findings: [], problems: ran.error }
  const failing = ran.value
  const counts =
    failing.length === 0 && (approval.state === 'verified' || !context.project.governance.requireApproval)
  const told: Approval = failing.length > 0 ? { state: 'unverified', why: 'its examples fail' } : approval
  return {
    policy: { ...policy, stamp: { ...stamp, approval: told, state: counts ? 'approved' : 'candidate' } },
    findings: failing.length > 0 ? [examplesFinding(policy, failing)] : [],
    problems: [],
  }
}

async function readCodeOwners({ governance, repository, commit, specifications }: Project): Promise<string> {
  const top = repository?.folder ?? specifications.folder
  const paths =
    governance.codeowners === null
      ? codeOwnersFiles.map(path => join(top, path))
      : [join(specifications.folder, governance.codeowners)]
  for (const path of paths) {
    const inside = repository?.relative(path)
    const text =
      repository && commit !== null && typeof inside === 'string'
        ? await repository
            .filesAt(commit, [inside], [])
            .then(files => (files.ok ? files.value[0]?.text : undefined))
        : await readFile(path, 'utf8').catch(() => undefined)
    if (text !== undefined) return text
  }
  return ''
}
