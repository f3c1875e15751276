import type { Approval } from '../finding.ts'
import type { People, Person } from './people.ts'

/** A review at a forge, as recorded in the repository. */
export interface RecordedReview {
  /** Digest of what was reviewed: `sha256:…`. */
  readonly content: string
  readonly reviewer: string
  readonly url: string
  /** Who recorded it; null: not committed. */
  readonly recordedBy: Person | null
}

/** What Git knows about who wrote and who approved a policy or a waiver. */
export interface ApprovalFacts {
  /** Digest of the current content. */
  readonly content: string
  /** Who wrote it, except the line that records the approval; null: some of it isn't committed. */
  readonly authors: readonly Person[] | null
  /** The commit that records the approval, and whether the content has been the same since. */
  readonly approvedIn: {
    readonly commit: string
    readonly same: boolean
    readonly signature:
      | { readonly state: 'none' }
      | { readonly state: 'good' | 'not trusted'; readonly email: string }
      | { readonly state: 'bad'; readonly why: string }
  } | null
  /** The owners that CODEOWNERS names for the file. */
  readonly owners: readonly string[]
  readonly reviews: readonly RecordedReview[]
  /** Who is named as approver; null: nobody is. */
  readonly claimed: string | null
}

/**
 * Whether a code owner other than the authors approved something, shown by their signed commit or by a review that
 * someone other than the authors recorded. Pure.
 */
export function approvalOf(facts: ApprovalFacts, people: People): Approval {
  const { authors } = facts
  if (!authors) return unverified('it is not committed in its current form')
  if (facts.owners.length === 0) return unverified('CODEOWNERS names no owner of it')
  const bySignature = signedApproval(facts, authors, people)
  if (bySignature.state === 'verified') return bySignature
  for (const review of facts.reviews) {
    if (review.content === facts.content && reviewCounts(review, facts, authors, people)) {
      return { state: 'verified', by: review.reviewer, how: `review ${review.url}` }
    }
  }
  return bySignature
}

function signedApproval(facts: ApprovalFacts, authors: readonly Person[], people: People): Approval {
  const { approvedIn, owners, claimed } = facts
  if (!approvedIn) return unverified('no commit and no recorded review approves it')
  const { signature, same } = approvedIn
  const commit = approvedIn.commit.slice(0, 7)
  if (!same) return unverified(`it has changed since it was approved in ${commit}`)
  if (signature.state === 'none') return unverified(`${commit}, which approves it, is not signed`)
  if (signature.state === 'bad') return unverified(`in ${commit} ${signature.why}`)
  const { email } = signature
  if (signature.state === 'not trusted') {
    return unverified(`${commit} is signed by ${email}, whose key is not trusted here`)
  }
  if (authors.some(author => author.email.toLowerCase() === email.toLowerCase())) {
    return unverified(`${email} approves their own work in ${commit}`)
  }
  if (!owners.some(owner => people.isKnownAs(owner, email))) {
    return unverified(`${email}, who signed ${commit}, isn’t known to be a code owner`)
  }
  if (claimed !== null && !people.isKnownAs(claimed, email)) {
    return unverified(`${commit} is signed by ${email}, who isn’t known to be ${claimed}`)
  }
  return { state: 'verified', by: email, how: `signed commit ${commit}` }
}

function reviewCounts(
  { reviewer, recordedBy }: RecordedReview,
  { owners, claimed }: ApprovalFacts,
  authors: readonly Person[],
  people: People,
): boolean {
  if (!recordedBy || !people.isAmong(owners, reviewer)) return false
  if (claimed !== null && !people.maySame(claimed, reviewer)) return false
  const byRecorder = authors.some(author => author.email.toLowerCase() === recordedBy.email.toLowerCase())
  return !byRecorder && !authors.some(author => people.mayBe(reviewer, author))
}

function unverified(why: string): Approval {
  return { state: 'unverified', why }
}
