import type { KongKind } from './kong-kind.ts'
import { own } from './manifest-shape.ts'

/** A certificate with its private key. It has no name: its id, or else its content, tells it from others. */
export const certificate: KongKind = {
  kind: 'certificate',
  identity: {
    plural: 'certificates',
    listedAs: 'Certificates',
    alsoKnownBy: 'cert',
    unique: [],
    identify(view) {
      const key = view.text('cert') ?? view.id
      return key === undefined ? undefined : { key: view.id ?? key, name: view.id ?? 'certificate' }
    },
  },
  transport: {
    path: 'certificates',
    schema: 'certificates',
    everywhere: true,
  },
  references: {
    level: 1,
    foreign: {},
  },
  fields: {
    tagged: true,
    derived: ['snis'],
  },
  manifest: {
    fields: { ...own, cert: 'text', key: 'text' },
    required: ['id', 'cert', 'key'],
    known: ['id'],
    keepsId: true,
  },
  secrets: {
    fields: ['key', 'key_alt'],
  },
}
