import { identifyByName } from '../../../model/schema/kind-definition.ts'
import type { KongKind } from './kong-kind.ts'
import { stamped } from './manifest-shape.ts'

/** A plugin under another name and with another priority. */
export const clonedPlugin: KongKind = {
  kind: 'cloned-plugin',
  identity: {
    plural: 'cloned_plugins',
    unique: [['name']],
    identify: identifyByName('name'),
  },
  transport: {
    path: 'cloned-plugins',
    schema: 'cloned_plugins',
    edition: 'enterprise',
  },
  references: {
    level: 1,
    foreign: {},
    usedBy: { plugin: ({ name }, isNamed) => typeof name === 'string' && isNamed(name) },
  },
  fields: {
    tagged: true,
  },
  manifest: {
    fields: { ...stamped, name: 'text', priority: 'integer', ref: 'text' },
    required: ['name', 'ref'],
    known: ['name', 'id'],
    selectedByTools: 'not',
    onlyWith: 'cloned-plugin',
  },
}
