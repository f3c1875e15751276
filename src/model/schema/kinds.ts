import type { Coverage, Kind } from '../entity-ref.ts'
import type { KindDefinition } from './kind-definition.ts'
import type { Facet } from './kind-meaning.ts'

const none: readonly Kind[] = []

/** The kinds of entities of one provider, and everything that is known about each. Immutable. */
export class Kinds<Definition extends KindDefinition = KindDefinition> {
  /** Each after those that it points to. */
  readonly all: readonly Definition[]
  readonly #byKind: ReadonlyMap<Kind, Definition>
  /** The kinds with earlier names, by each of those. */
  readonly #former: ReadonlyMap<string, Kind>
  /** Fields by which entities differ though the same is done to them. */
  readonly distinguishing: ReadonlySet<string>
  readonly #byFacet: ReadonlyMap<Facet | undefined, readonly Kind[]>

  /** @param all the definitions, each after those that it points to */
  constructor(all: readonly Definition[]) {
    this.all = all
    this.#byKind = new Map(all.map(kind => [kind.kind, kind]))
    this.distinguishing = new Set(all.flatMap(({ meaning }) => meaning?.distinguishedBy ?? []))
    this.#byFacet = new Map(
      [...Map.groupBy(all, ({ meaning }) => meaning?.facet)].map(([facet, of]) => [
        facet,
        of.map(({ kind }) => kind),
      ]),
    )
    this.#former = new Map(
      all.flatMap(({ kind, identity: { formerNames = [] } }) =>
        formerNames.map(name => [name, kind] as const),
      ),
    )
  }

  /** The definition of a kind, or undefined where the provider does not know it. */
  of(kind: Kind): Definition | undefined {
    return this.#byKind.get(kind)
  }

  /** What entities of a kind are to whoever looks at a fleet; undefined: none of that. */
  facetOf(kind: Kind): Facet | undefined {
    return this.#byKind.get(kind)?.meaning?.facet
  }

  /** The kinds whose entities have a facet. */
  as(facet: Facet): readonly Kind[] {
    return this.#byFacet.get(facet) ?? none
  }

  /** The names of all kinds, in order. */
  get names(): readonly Kind[] {
    return this.all.map(({ kind }) => kind)
  }

  /** Earlier names of kinds, which ledgers and files may still use. */
  get formerNames(): readonly string[] {
    return [...this.#former.keys()]
  }

  /** Whether a kind has another name now. */
  isFormerName(name: string): boolean {
    return this.#former.has(name)
  }

  /** The current name of a kind. */
  presentName(name: string): Kind {
    return this.#former.get(name) ?? name
  }

  /** The words for an entity, `kind name`, with the current name of its kind. */
  withPresentName(words: string): string {
    const kind = words.split(' ', 1)[0] ?? ''
    return this.presentName(kind) + words.slice(kind.length)
  }

  /** The coverage of a complete state, such as that of manifests. */
  allRead(): ReadonlyMap<Kind, Coverage> {
    return new Map(this.all.map(({ kind }) => [kind, { state: 'complete' }]))
  }

  /** The plural of a kind, such as `key sets`. */
  pluralOf(kind: Kind): string {
    return this.of(kind)?.identity.plural.replaceAll('_', ' ') ?? kind
  }
}
