import { openSealed } from '../../../ledger/sealing.ts'
import type { RawEntity } from '../../../model/entity.ts'
import type { Problem } from '../../../model/problem.ts'
import type { Kinds } from '../../../model/schema/kinds.ts'
import { inSlices } from '../../../model/time-slices.ts'
import type { GatewayTarget, Project } from '../../project/project.ts'
import { ownIdentities } from '../../project/sealing.ts'
import type { ReadForUndo } from '../../reading/read-for-undo.ts'
import { readManifestsOf } from '../../reading/read-manifests.ts'
import { wantedStateSliced } from '../../reading/target-states.ts'
import type { Undoable } from './history.ts'

/** How many commits of the manifests are searched, newest first. */
const commitsSearched = 50

/** Where a secret was looked for in vain. */
export interface Search {
  /** Names of keys that secrets are sealed to but that aren't here; empty: none. */
  readonly sealedTo: readonly string[]
  /** Why the keys of this user can't be used. */
  readonly problems: readonly Problem[]
}

/**
 * Looks for secrets that an undo needs: among those that its sync sealed, then in the manifests of earlier commits, as
 * far as the environment still has what they refer to. The digests know what is found from then on.
 */
export async function findSecrets(
  project: Project,
  target: GatewayTarget,
  { sync, parts }: Pick<Undoable, 'sync' | 'parts'>,
  wanted: ReadonlySet<string>,
  read: ReadForUndo,
): Promise<Search> {
  const { digests } = project
  const known = new Map([...wanted].map(digest => [digest, digests.resolve(digest)]))
  const isLost = (digest: string): boolean => {
    const secret = digests.resolve(digest)
    // For a hash, only the hash itself may be known, and it can't be written back.
    return secret === undefined || (known.get(digest) === secret && digests.digest(secret) === digest)
  }
  const missing = (): boolean => [...wanted].some(isLost)
  const sealed = [sync, ...parts].flatMap(each => each.sealed)
  const problems: Problem[] = []
  if (sealed.length > 0 && missing()) {
    const identities = await ownIdentities(project)
    if (!identities.ok) problems.push(...identities.error)
    else if (identities.value.length > 0)
      for (const [digest, secret] of await openSealed(sealed, identities.value)) digests.know(digest, secret)
  }
  if (missing()) await searchCommits(project, target, read, sync.plan.preconditions, missing)
  return { sealedTo: [...new Set(sealed.flatMap(each => each.to))], problems }
}

async function searchCommits(
  project: Project,
  target: GatewayTarget,
  { raws, schemas }: ReadForUndo,
  images: Undoable['sync']['plan']['preconditions'],
  missing: () => boolean,
): Promise<void> {
  const { repository } = project
  const paths = target.manifests.flatMap(path => repository?.relative(path) ?? [])
  if (!repository || paths.length === 0) return
  const commits = await repository.commitsOf(paths, commitsSearched)
  if (!commits.ok) return
  // The owner of a secret may be gone too: a hash is made with the id of its owner.
  const there = [...raws, ...images.flatMap(each => ownersIn(each, target.provider.kinds))]
  for (const commit of commits.value) {
    const manifest = await readManifestsOf({ ...project, commit }, target)
    if (!manifest.ok) continue
    // Whatever no longer fits together: its secrets are known by then.
    await inSlices(
      wantedStateSliced(
        { project, target, manifest: manifest.value, schemas, variants: new Map(), routing: undefined },
        there,
      ),
    )
    if (!missing()) return
  }
}

function ownersIn(
  { entity: { kind }, id, fields }: Undoable['sync']['plan']['preconditions'][number],
  kinds: Kinds,
): readonly RawEntity[] {
  if (!fields || id === null || kinds.of(kind)?.secrets?.hashed) return []
  return [{ kind, fields: { ...fields, id } }]
}
