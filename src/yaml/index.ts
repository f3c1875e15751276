export { type PackedDocument, YamlDocument } from './document.ts'
export { Lines } from './lines.ts'
export { parseYaml, parseYamlInPieces } from './parse.ts'
export { schemaProblems } from './schema-problems.ts'
