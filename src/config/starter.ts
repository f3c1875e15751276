import { yamlScalar } from '../yaml/index.ts'

/** The content of a first `gatewatch.yaml`. */
export interface StarterOptions {
  readonly name: string
  /** The kind of gateway of its first target: the key of its settings. */
  readonly provider: string
  /** The settings of that gateway, in lines of YAML. */
  readonly gateway: readonly string[]
  readonly manifests: readonly string[]
  /** Where editors find the JSON Schema: a URL, or a path from the file. */
  readonly schema: string
}

/** The text of a first `gatewatch.yaml`, with its schema named for editors. */
export function starterConfig(options: StarterOptions): string {
  return `# yaml-language-server: $schema=${options.schema}
# What each key means: docs/configuration.md
version: 1
name: ${yamlScalar(options.name)}

# In order, the first the least critical; the last one is production.
environments: [dev, prod]

targets:
  prod:
    environment: prod
    ${options.provider}:
${options.gateway.map(line => `      ${line}`).join('\n')}
    manifests:
${options.manifests.map(path => `      - ${yamlScalar(path)}`).join('\n')}
    labels: {}
`
}
