import type { JournalEntry } from '../../ledger/journal-entry.ts'
import { hasOwnKey, ownKeyFile, ownRecipient, readIdentities, sealSecrets } from '../../ledger/sealing.ts'
import { fail, type Problem, type Result, succeed } from '../../model/problem.ts'
import type { Plan, PlanStep } from '../../reconcile/plan/plan.ts'
import type { Project } from './project.ts'

/** Names of the keys that secrets are sealed to, for people; null: there are none. */
export type SealedTo = readonly string[] | null

/** Who would be able to open the secrets that a sync overwrites or deletes. */
export async function sealedTo(project: Project): Promise<SealedTo> {
  const { sealing, stateFolder } = project
  if (sealing.length > 0) return sealing.map(({ name }) => name)
  return (await hasOwnKey(stateFolder)) ? [await project.user()] : null
}

/** Whether a step can be taken back, where that needs saying. */
export interface TakingBack {
  readonly possible: boolean
  /** Such as `can be taken back with the key of mira`. */
  readonly text: string
}

/**
 * What can be said in advance about taking a step back; undefined: it simply can be. `to` names who its secrets would
 * be sealed to; undefined: that is unknown here.
 */
export function takingBack(
  { reversible, overwrites = [] }: Pick<PlanStep, 'reversible' | 'overwrites'>,
  to: SealedTo | undefined,
): TakingBack | undefined {
  if (reversible !== true) return { possible: false, text: `can’t be taken back: ${reversible}` }
  if (overwrites.length === 0) return undefined
  if (to === null)
    return { possible: false, text: 'can’t be taken back: no key to seal its secret to; run gatewatch init' }
  if (to === undefined)
    return { possible: false, text: 'can be taken back only if its secret is sealed when it is applied' }
  return { possible: true, text: `can be taken back with the key of ${to.join(' or ')}` }
}

/** How many requests of a plan can't be taken back. */
export function lostCount({ steps }: Pick<Plan, 'steps'>, to: SealedTo | undefined): number {
  return steps.filter(step => takingBack(step, to)?.possible === false).length
}

/**
 * The journal entry that keeps, sealed, the secrets that a plan overwrites or deletes; none if there are none, or there
 * is no key. A problem if there is a key that can't be used.
 */
export async function sealedEntries(project: Project, plan: Plan): Promise<Result<readonly JournalEntry[]>> {
  const { digests, sealing, stateFolder } = project
  const lost = plan.steps.flatMap(step => step.overwrites ?? [])
  const secrets = new Map(
    lost.flatMap(digest => {
      const secret = digests.resolve(digest)
      return secret === undefined ? [] : [[digest, secret] as const]
    }),
  )
  if (secrets.size === 0) return succeed([])
  let recipients = sealing
  if (recipients.length === 0) {
    const own = await ownRecipient(stateFolder)
    if (!own.ok) return fail(own.error.map(problem => notSealed(problem, plan.target)))
    if (own.value === null) return succeed([])
    recipients = [{ name: await project.user(), key: own.value }]
  }
  const sealed = await sealSecrets(secrets, recipients)
  if (!sealed.ok) return fail(sealed.error.map(problem => ({ ...problem, target: plan.target })))
  return succeed([{ type: 'sealed', at: project.now().toISOString(), ...sealed.value }])
}

function notSealed(problem: Problem, target: string): Problem {
  return {
    ...problem,
    target,
    message: `nothing was sent, because what is overwritten can’t be sealed: ${problem.message}`,
  }
}

/** The variable that names the file with the keys that open sealed secrets, instead of this user's own. */
export const identityVariable = 'GATEWATCH_AGE_IDENTITY_FILE'

/** The secret keys of this user; empty if there are none. */
export async function ownIdentities({ env, stateFolder }: Project): Promise<Result<readonly string[]>> {
  const named = env[identityVariable]
  const found = await readIdentities(named || ownKeyFile(stateFolder))
  if (!found.ok) return found
  if (found.value !== null) return succeed(found.value)
  if (!named) return succeed([])
  return fail([
    { code: 'key-unreadable', message: `${identityVariable} names ${named}, which does not exist` },
  ])
}
