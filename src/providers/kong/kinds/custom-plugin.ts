import { identifyByName } from '../../../model/schema/kind-definition.ts'
import type { KongKind } from './kong-kind.ts'
import { stamped } from './manifest-shape.ts'

/** A plugin that comes as code: https://developer.konghq.com/gateway/entities/custom-plugin/ */
export const customPlugin: KongKind = {
  kind: 'custom-plugin',
  identity: {
    plural: 'custom_plugins',
    unique: [['name']],
    identify: identifyByName('name'),
  },
  transport: {
    path: 'custom-plugins',
    schema: 'custom_plugins',
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
    fields: { ...stamped, name: 'text', handler: 'text', schema: 'text' },
    required: ['name', 'schema', 'handler'],
    known: ['name', 'id'],
    selectedByTools: 'not',
    onlyWith: 'custom-plugin',
  },
}
