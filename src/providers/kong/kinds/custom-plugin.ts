import { identifyByName, type KindDefinition } from '../../../model/schema/kind-definition.ts'

/** A plugin that comes as code: https://developer.konghq.com/gateway/entities/custom-plugin/ */
export const customPlugin: KindDefinition = {
  kind: 'custom-plugin',
  plural: 'custom_plugins',
  path: 'custom-plugins',
  schema: 'custom_plugins',
  edition: 'enterprise',
  onlyWith: 'custom-plugin',
  level: 1,
  foreign: {},
  usedBy: { plugin: ({ name }, isNamed) => typeof name === 'string' && isNamed(name) },
  unique: [['name']],
  secrets: [],
  derived: [],
  tagged: true,
  identify: identifyByName('name'),
}
