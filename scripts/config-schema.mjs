// Writes docs/gatewatch.schema.json, the JSON Schema of gatewatch.yaml, from the schema that reads the file.
// Run it after a change of src/config/config-schema.ts; a test says when that was forgotten.
import { writeFileSync } from 'node:fs'
import { configSchemaText } from '../src/config/config-schema.ts'
import { loadProviders } from '../src/providers/index.ts'

writeFileSync(
  new URL('../docs/gatewatch.schema.json', import.meta.url),
  configSchemaText(await loadProviders()),
)
