/** The content of a first `gatewatch.yaml`. */
export interface StarterOptions {
  readonly name: string
  readonly address: string
  /** The environment variable with the value of `Authorization`, if the gateway requires it. */
  readonly authorization?: string
  readonly manifests: readonly string[]
  /** Where editors find the JSON Schema: a URL, or a path from the file. */
  readonly schema: string
}

/** The text of a first `gatewatch.yaml`, with its schema named for editors. */
export function starterConfig(options: StarterOptions): string {
  return `# yaml-language-server: $schema=${options.schema}
# What each key means: docs/configuration.md
version: 1
name: ${scalar(options.name)}

# In order, the first the least critical; the last one is production.
environments: [dev, prod]

targets:
  prod:
    environment: prod
    kong:
      address: ${scalar(options.address)}
      # Credentials are named, never written here:
${headersText(options.authorization)}
    manifests:
${options.manifests.map(path => `      - ${scalar(path)}`).join('\n')}
    labels: {}
`
}

function headersText(authorization: string | undefined): string {
  return authorization === undefined
    ? '      # headers:\n      #   Kong-Admin-Token: { env: KONG_ADMIN_TOKEN }'
    : `      headers:\n        Authorization: { env: ${authorization} }`
}

/** A text as a YAML scalar: JSON's quotes are YAML's too. */
function scalar(text: string): string {
  const plain =
    /^[A-Za-z][A-Za-z0-9_./:-]*$/.test(text) &&
    !text.endsWith(':') &&
    !/^(?:y|n|yes|no|on|off|true|false|null)$/i.test(text)
  return plain ? text : JSON.stringify(text)
}
