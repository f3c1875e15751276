import type { Approval } from '../../../governance/finding.ts'
import { type ApprovalFacts, approvalOf, type RecordedReview } from '../../../governance/waivers/approval.ts'
import type { CodeOwners, People, Person } from '../../../governance/waivers/people.ts'
import type { Repository } from '../../../repo/index.ts'
import type { Project } from '../../project/project.ts'
import type { GovernanceFile } from '../specifications/governance-files.ts'

/** What approvals are derived from. */
export interface ApprovalContext {
  readonly project: Project
  readonly people: People
  readonly owners: CodeOwners
  readonly reviews: readonly RecordedReview[]
}

/** A part of a file that is approved as a whole: a policy, or one waiver. */
export interface Approvable {
  readonly file: GovernanceFile
  /** The lines of the part, counting from 1. */
  readonly lines: readonly number[]
  /** The line that records the approval; null: there is none. */
  readonly approvedLine: number | null
  readonly content: string
  readonly claimed: string | null
  /** The digest of the same part in an earlier text of the file; null: it didn't exist. */
  contentIn(text: string): string | null
}

/** What Git knows about a part of a file. */
export interface Authored {
  /** Null: some of it isn't committed, or it is in no repository. */
  readonly authors: readonly Person[] | null
  /** When the line that records the approval, or else the newest line, was written; null: not committed. */
  readonly writtenAt: string | null
  readonly owners: readonly string[]
  readonly approval: Approval
}

/** Who wrote a part of a file, who owns it, and whether its approval is shown. */
export async function authoredBy(part: Approvable, context: ApprovalContext): Promise<Authored> {
  const { project, owners, people, reviews } = context
  const { repository } = project
  const path = part.file.inRepository
  const unknown = { authors: null, writtenAt: null, owners: path === null ? [] : owners.ownersOf(path) }
  const outside: Approval = { state: 'unverified', why: 'it is in no repository' }
  if (!repository || path === null) return { ...unknown, approval: outside }
  const blamed = await linesOf(repository, project, path, part.lines)
  if (!blamed) return { ...unknown, approval: { state: 'unverified', why: 'git can’t tell who wrote it' } }
  const { commits, authors } = blamed
  const whole = part.lines.every(line => commits.has(line))
  const others = part.lines.filter(line => line !== part.approvedLine)
  const writers = whole ? distinct(others.flatMap(line => authors.get(commits.get(line) ?? '') ?? [])) : null
  const approvedIn = part.approvedLine === null ? undefined : commits.get(part.approvedLine)
  const facts: ApprovalFacts = {
    content: part.content,
    authors: writers,
    approvedIn: approvedIn === undefined ? null : await approvalIn(repository, path, approvedIn, part),
    owners: unknown.owners,
    reviews,
    claimed: part.claimed,
  }
  const times = part.lines.flatMap(line => authors.get(commits.get(line) ?? '')?.at ?? [])
  return {
    authors: writers,
    writtenAt: whole ? (times.sort().at(-1) ?? null) : null,
    owners: facts.owners,
    approval: approvalOf(facts, people),
  }
}

type Author = Person & { readonly at: string }

async function linesOf(
  repository: Repository,
  { commit }: Project,
  path: string,
  lines: readonly number[],
): Promise<
  { readonly commits: ReadonlyMap<number, string>; readonly authors: ReadonlyMap<string, Author> } | undefined
> {
  const blamed =
    commit === null
      ? await repository.blameWorkTree(path, lines)
      : await repository.blame(commit, path, lines)
  if (!blamed.ok) return undefined
  const commits = new Map([...blamed.value].map(([line, info]) => [line, info.commit]))
  const authors = await repository.authors([...commits.values()])
  return authors.ok ? { commits, authors: authors.value } : undefined
}

async function approvalIn(
  repository: Repository,
  path: string,
  commit: string,
  part: Approvable,
): Promise<NonNullable<ApprovalFacts['approvedIn']> | null> {
  const [signature, files] = await Promise.all([
    repository.signature(commit),
    repository.filesAt(commit, [path], []),
  ])
  if (!signature.ok) return null
  const then = files.ok ? files.value.find(file => file.path === path) : undefined
  const same = then !== undefined && part.contentIn(then.text) === part.content
  return { commit, same, signature: signature.value }
}

function distinct(people: readonly Author[]): readonly Person[] {
  return [...new Map(people.map(({ name, email }) => [email.toLowerCase(), { name, email }])).values()]
}
