import type { Kind } from '../../../model/entity.ts'
import { kinds } from '../kinds/index.ts'
import type { KongKind, KongManifest } from '../kinds/kong-kind.ts'
import type { Child, Fields, FieldType, Shape } from '../kinds/manifest-shape.ts'

/** A kind that has a list in files. */
type ListedKind = KongKind & { readonly manifest: KongManifest }

/** The lists that decK has first, in its order; all others follow in the order of kinds. */
const first: readonly string[] = ['services', 'routes', 'consumers', 'consumer_groups', 'plugins']

const listed: readonly ListedKind[] = kinds.all
  .flatMap(({ manifest, ...kind }) => (manifest ? [{ ...kind, manifest }] : []))
  .toSorted((a, b) => rank(a) - rank(b))

function rank({ identity: { plural } }: KongKind): number {
  return first.includes(plural) ? first.indexOf(plural) : first.length
}

/** How entities of each kind are written. Files hold those of other kinds among the fields of others. */
export const shapes: ReadonlyMap<Kind, Shape> = shapesOf(listed)

/** What is nested comes after what it points to, so that the shapes of nested entities are there first. */
function shapesOf(listedKinds: readonly ListedKind[]): ReadonlyMap<Kind, Shape> {
  const made = new Map<Kind, Shape>()
  for (const name of kinds.names.toReversed()) {
    const kind = listedKinds.find(each => each.kind === name)
    if (kind) made.set(name, shapeOf(kind, nestedIn(name, listedKinds, made)))
  }
  return made
}

function shapeOf(
  { kind, references: { foreign }, manifest }: ListedKind,
  nested: readonly (readonly [string, Child])[],
): Shape {
  const { fields, references = {}, members = {}, required, oneOf, known, calledBy } = manifest
  const refs = Object.entries(references).flatMap(([field, checked]) => {
    const to = foreign[field]
    return to ? [[field, { kind: to.kind, checked }] as const] : []
  })
  const named = Object.entries(members).map(([list, shape]) => [list, { shape, parent: undefined }] as const)
  return {
    kind,
    fields,
    refs: Object.fromEntries(refs),
    children: Object.fromEntries([...named, ...nested]),
    ...(required ? { required } : {}),
    ...(oneOf ? { oneOf } : {}),
    ...(known ? { known } : {}),
    ...(calledBy === undefined ? {} : { calledBy }),
  }
}

/** The lists that can stand in entities of a kind. */
function nestedIn(
  parent: Kind,
  listedKinds: readonly ListedKind[],
  made: ReadonlyMap<Kind, Shape>,
): readonly (readonly [string, Child])[] {
  return listedKinds.flatMap(({ kind, identity, references, manifest }) => {
    const field = manifest.nestedIn?.find(name => references.foreign[name]?.kind === parent)
    const shape = made.get(kind)
    return field !== undefined && shape ? [[identity.plural, { shape, parent: field }] as const] : []
  })
}

/** The lists at the top of a file. */
export const lists: Readonly<Record<string, Shape>> = Object.fromEntries(
  listed.flatMap(({ kind, identity, manifest }) => {
    const shape = manifest.onlyNested ? undefined : shapes.get(kind)
    return shape ? [[identity.plural, shape] as const] : []
  }),
)

/** The same type for fields of several names. */
function each(type: FieldType, names: readonly string[]): Fields {
  return Object.fromEntries(names.map(name => [name, type]))
}

/** The settings at the top of a file, besides the lists. */
export const settings: Fields = {
  _format_version: 'text',
  _transform: 'boolean',
  _workspace: 'text',
  _konnect: { record: { control_plane_name: 'text', runtime_group_name: 'text' } },
  _plugin_configs: 'object',
  _info: {
    record: {
      select_tags: 'tags',
      default_lookup_tags: {
        record: each(
          'tags',
          listed.flatMap(({ identity, manifest }) => (manifest.lookedUpByTags ? [identity.plural] : [])),
        ),
      },
      defaults: {
        record: each(
          'object',
          listed.flatMap(({ kind, manifest }) => (manifest.defaults ? [kind] : [])),
        ),
      },
      consumer_group_policy_overrides: 'boolean',
      include_plugin_definitions: 'boolean',
      skip_hash_for_basic_auth: 'boolean',
    },
  },
}
