import { identifyByName, type KindDefinition } from '../../../model/schema/kind-definition.ts'

/** A plugin under another name and with another priority. */
export const clonedPlugin: KindDefinition = {
  kind: 'cloned-plugin',
  plural: 'cloned_plugins',
  path: 'cloned-plugins',
  schema: 'cloned_plugins',
  edition: 'enterprise',
  onlyWith: 'cloned-plugin',
  level: 1,
  foreign: {},
  usedBy: { plugin: ({ name }, isNamed) => typeof name === 'string' && isNamed(name) },
  unique: [['name']],
  secrets: [],
  derived: [],
  tagged: true,
  identify: identifyByName('name'),
}
