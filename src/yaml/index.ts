export { YamlDocument } from './document.ts'
export { Lines } from './lines.ts'
export { parseYaml } from './parse.ts'
export { schemaProblems } from './schema-problems.ts'
