export { type Container, YamlDocument } from './document.ts'
export { Lines } from './lines.ts'
export { parseYaml, type YamlOptions } from './parse.ts'
