import type {
  Identity,
  IdentityView,
  KindFields,
  KindReferences,
  KindSecrets,
} from '../../../model/schema/kind-definition.ts'
import type { KongKind, KongManifest } from './kong-kind.ts'
import { own } from './manifest-shape.ts'

/** A credential of a consumer: its list, its schema, and what tells it from others. */
export function credential(options: {
  readonly kind: string
  readonly plural: string
  readonly path: string
  /** The path's segment below a consumer. */
  readonly segment: string
  readonly schema: string
  /** The plugins that ask these credentials: whom they let pass hangs on them. */
  readonly checkedBy: readonly string[]
  readonly listedAs?: string
  readonly edition?: 'enterprise'
  readonly foreign?: KindReferences['foreign']
  readonly unique: readonly (readonly string[])[]
  readonly secrets?: KindSecrets
  readonly fields?: Pick<KindFields, 'countsDown' | 'normalise'>
  /** What a manifest says of it beside what it says of all credentials. */
  readonly manifest: Omit<KongManifest, 'nestedIn' | 'onlyNested'>
  readonly identify: (view: IdentityView) => Identity | undefined
  /** Whether the gateway makes up what the credential is known by; the fields that it is then told by. */
  readonly generatedFor?: readonly string[]
  readonly numberedUnder?: 'consumer'
}): KongKind {
  const { kind, plural, listedAs, numberedUnder, unique, identify, generatedFor, secrets } = options
  const { path, segment, schema, edition, checkedBy, manifest } = options
  return {
    kind,
    identity: {
      plural,
      ...(listedAs === undefined ? {} : { listedAs }),
      ...(numberedUnder === undefined ? {} : { numberedUnder }),
      unique,
      identify(view) {
        const own = identify(view)
        const consumer = view.ref('consumer')
        if (!own) return undefined
        if (own.name === undefined || !consumer) return own
        return { key: own.key, name: `${own.name} for consumer ${consumer.key}` }
      },
      ...(generatedFor
        ? {
            slot(view: IdentityView) {
              const told = generatedFor.map(field => view.text(field) ?? '')
              return ['generated', ...told, `for consumer ${view.ref('consumer')?.key ?? '?'}`].join(' ')
            },
          }
        : {}),
    },
    transport: {
      path,
      schema,
      ...(edition === undefined ? {} : { edition }),
      writtenUnder: { field: 'consumer', segment },
    },
    references: {
      level: 2,
      foreign: { consumer: { kind: 'consumer', onDelete: 'cascade' }, ...options.foreign },
      usedBy: { plugin: ({ name }) => typeof name === 'string' && checkedBy.includes(name) },
    },
    fields: { ...options.fields, tagged: true },
    manifest: {
      ...manifest,
      fields: { ...own, ...manifest.fields },
      references: { consumer: 'all', ...manifest.references },
      nestedIn: ['consumer'],
      onlyNested: true,
    },
    ...(secrets ? { secrets } : {}),
  }
}

/** The identity of a credential that carries a public, unique field. */
export function identifyByField(field: string, shown = field): (view: IdentityView) => Identity | undefined {
  return view => {
    const key = view.text(field) ?? view.id
    return key === undefined ? undefined : { key, name: view.text(shown) ?? key }
  }
}
