import type { Kind, RawEntity } from '../entity.ts'
import { asString } from '../json.ts'
import type { HashedSecret } from '../schema/kind-definition.ts'
import type { Kinds } from '../schema/kinds.ts'
import { foreignName } from '../state/build-entity.ts'

/**
 * A manifest's entities with secrets in the form in which the gateway keeps them as hashes, so that the two can be
 * compared: each hash is reported to `standFor` with its secret. If the owner isn't at the gateway yet, there is no
 * salt, and nothing to compare with either.
 */
export function asKept(
  wanted: readonly RawEntity[],
  live: readonly RawEntity[],
  kinds: Kinds,
  standFor: (hash: string, secret: string) => void,
): readonly RawEntity[] {
  const hashing = new Map<Kind, Kept>()
  for (const { kind } of wanted) {
    const definition = hashing.has(kind) ? undefined : kinds.of(kind)
    const [[field, owner] = []] = Object.entries(definition?.references.foreign ?? {})
    if (definition?.secrets?.hashed && field !== undefined && owner)
      hashing.set(kind, new Kept(kind, { field, kind: owner.kind, kinds }, definition.secrets.hashed, live))
  }
  if (hashing.size === 0) return wanted
  return wanted.map(raw => {
    const secret = hashing.get(raw.kind)?.kept(raw)
    if (!secret) return raw
    standFor(secret.hash, secret.clear)
    return { ...raw, fields: { ...raw.fields, [secret.field]: secret.hash } }
  })
}

/** The owners of entities of one kind: the field that refers to them. */
interface Owners {
  readonly field: string
  readonly kind: Kind
  readonly kinds: Kinds
}

/** What a gateway keeps of the secrets of one kind. */
class Kept {
  readonly #of: Owners
  readonly #hashed: HashedSecret
  readonly #owners = new Map<string, string>()
  readonly #kept = new Map<string, string>()

  constructor(kind: Kind, owners: Owners, hashed: HashedSecret, live: readonly RawEntity[]) {
    this.#of = owners
    this.#hashed = hashed
    for (const { kind: of, fields } of live) {
      if (of === owners.kind) this.#addOwner(fields)
      const known = of === kind ? asString(fields[hashed.known]) : undefined
      const kept = asString(fields[hashed.field])
      if (known !== undefined && kept !== undefined) this.#kept.set(known, kept)
    }
  }

  /** By all that an owner may be referred to by; of two with one name, the id and then the first of the names win. */
  #addOwner(fields: RawEntity['fields']): void {
    const id = asString(fields.id)
    if (id === undefined) return
    const [first = 'name', ...others] = this.#of.kinds.of(this.#of.kind)?.identity.referredBy ?? []
    for (const name of [...others.toReversed(), first, 'id']) {
      const value = asString(fields[name])
      if (value !== undefined && !(others.includes(name) && this.#owners.has(value)))
        this.#owners.set(value, id)
    }
  }

  kept({
    fields,
  }: RawEntity): { readonly field: string; readonly clear: string; readonly hash: string } | undefined {
    const { field, known } = this.#hashed
    const clear = asString(fields[field])
    const of = this.#of
    const owner = this.#owners.get(foreignName(fields[of.field], of.kind, of.kinds) ?? '')
    if (clear === undefined || owner === undefined) return undefined
    const hash = this.#hashed.kept(clear, fields, owner, this.#kept.get(asString(fields[known]) ?? ''))
    return hash === undefined ? undefined : { field, clear, hash }
  }
}
