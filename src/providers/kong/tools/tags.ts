import { asString, type JsonObject } from '../../../model/json.ts'
import { kinds } from '../kinds/index.ts'
import type { KongKind } from '../kinds/kong-kind.ts'
import { isDraftList, isDraftObject, type Selector, selectObjects } from './selecting/select.ts'
import { type DraftObject, draftOf, type EditedValue, historyKey } from './tool-file.ts'

/**
 * Where decK's tools look besides when no selector is given, by list and what lists it may stand in: for entities of
 * formats that were, and in places where its format has none.
 */
const lookedForToo: Readonly<Record<string, readonly string[]>> = {
  consumer_group_consumers: [''],
  consumer_group_plugins: ['', 'consumer_groups'],
  document_objects: ['', 'services'],
  mtls_auth_credentials: ['ca_certificates'],
  targets: ['certificates.upstreams'],
  upstreams: ['certificates'],
}

const taggedKinds = kinds.all.filter(({ fields }) => fields?.tagged)

/** The same of entities with tags: at the top, where each may stand to decK's tools, and in all that it nests in. */
const taggedLists: readonly (readonly [string, readonly string[]])[] = [
  ...taggedKinds
    .filter(({ manifest }) => manifest?.selectedByTools === undefined)
    .map(kind => [kind.identity.plural, placesOf(kind)] as const),
  ...Object.entries(lookedForToo),
]

/** Entities that carry tags, and that decK's tools pass over when no selector is given. */
const passedOver: readonly string[] = taggedKinds
  .flatMap(({ identity, manifest }) =>
    manifest?.selectedByTools === 'not, and counted' ? [identity.plural] : [],
  )
  .sort()

/** The lists that the list of a kind may stand in, from the top, as `services.routes`; the top itself is empty. */
function placesOf({ references, manifest }: KongKind): readonly string[] {
  const parents = (manifest?.nestedIn ?? []).flatMap(field => {
    const parent = kinds.of(references.foreign[field]?.kind ?? '')
    if (!parent) return []
    const { plural } = parent.identity
    return placesOf(parent).map(above => (above === '' ? plural : `${above}.${plural}`))
  })
  return ['', ...parents]
}

const everyEntity: readonly Selector[] = taggedLists.flatMap(([list, parents]) =>
  parents.map(parent => {
    const above = parent === '' ? [] : parent.split('.')
    return { text: `$${[...above, list].map(name => `.${name}[*]`).join('')}` }
  }),
)

/** A file with tags changed, and how many entities were left out though they carry tags. */
export interface Tagged {
  readonly value: JsonObject
  /** By list, as `keys`; only where no selector was given. */
  readonly passedOver: ReadonlyMap<string, number>
}

/** Adds tags to what selectors find, or to every entity: behind the tags that are there. */
export function addTags(file: JsonObject, tags: readonly string[], selectors: readonly Selector[]): Tagged {
  return changeTags(file, selectors, entity => {
    const there = isDraftList(entity.tags) ? entity.tags : []
    const added = [...new Set(tags)].filter(tag => !there.some(each => sameTag(each, tag)))
    entity.tags = [...there, ...added]
  })
}

/** Which tags are taken away: these, or all but these. */
export interface Removal {
  readonly tags: readonly string[]
  readonly keepOnly: boolean
  readonly keepEmpty: boolean
}

/** Takes tags from what selectors find, or from every entity. Lists that hold none then go too, unless kept. */
export function removeTags(file: JsonObject, removal: Removal, selectors: readonly Selector[]): Tagged {
  const { tags, keepOnly, keepEmpty } = removal
  // As in decK, nothing is touched where all tags in use are to be kept.
  if (keepOnly && listTags(file, selectors).every(tag => tags.includes(tag))) {
    return { value: file, passedOver: new Map() }
  }
  return changeTags(file, selectors, entity => {
    if (!isDraftList(entity.tags)) return
    const left = entity.tags.filter(
      each => isNested(each) || tags.some(tag => sameTag(each, tag)) === keepOnly,
    )
    if (left.length === 0 && !keepEmpty) delete entity.tags
    else entity.tags = left
  })
}

/** The tags in use, in order. */
export function listTags(file: JsonObject, selectors: readonly Selector[]): readonly string[] {
  const root = draftOf(file)
  const tags = new Set<string>()
  for (const entity of selectObjects(root, selectorsOr(selectors))) {
    if (!isDraftList(entity.tags)) continue
    for (const tag of entity.tags) if (!isNested(tag)) tags.add(tagText(tag))
  }
  return [...tags].sort()
}

function changeTags(
  file: JsonObject,
  selectors: readonly Selector[],
  change: (entity: DraftObject) => void,
): Tagged {
  const root = draftOf(file)
  for (const entity of selectObjects(root, selectorsOr(selectors))) change(entity)
  delete root[historyKey]
  const left = selectors.length > 0 ? [] : passedOver
  return {
    value: root,
    passedOver: new Map(
      left.flatMap(list => (countBelow(root, list) > 0 ? [[list, countBelow(root, list)]] : [])),
    ),
  }
}

function selectorsOr(selectors: readonly Selector[]): readonly Selector[] {
  return selectors.length > 0 ? selectors : everyEntity
}

function countBelow(root: DraftObject, list: string): number {
  return selectObjects(root, [{ text: `$..${list}[*]` }]).length
}

function isNested(tag: EditedValue): boolean {
  return isDraftList(tag) || isDraftObject(tag)
}

function sameTag(there: EditedValue, tag: string): boolean {
  return !isNested(there) && tagText(there) === tag
}

/** A tag as it is written; numbers may stand without quotes. */
function tagText(tag: EditedValue): string {
  return isDraftList(tag) || isDraftObject(tag) ? '' : (asString(tag) ?? String(tag))
}
