/** Reads a plugin's `config`, which is JSON of any shape. What is missing, null or of another type is the default. */
export class PluginFields {
  readonly #config: Readonly<Record<string, unknown>>

  constructor(config: Readonly<Record<string, unknown>> | null | undefined) {
    this.#config = config ?? {}
  }

  /** A field by its path, as `add.headers`. */
  value(path: string): unknown {
    if (!path.includes('.')) return this.#config[path]
    let value: unknown = this.#config
    for (const name of path.split('.')) {
      if (!isRecord(value)) return undefined
      value = value[name]
    }
    return value
  }

  text(path: string): string | null {
    const value = this.value(path)
    return typeof value === 'string' && value !== '' ? value : null
  }

  number(path: string): number | null {
    const value = this.value(path)
    return typeof value === 'number' ? value : null
  }

  flag(path: string, standard: boolean): boolean {
    const value = this.value(path)
    return typeof value === 'boolean' ? value : standard
  }

  texts(path: string, standard: readonly string[] = []): readonly string[] {
    const value = this.value(path)
    return Array.isArray(value) ? value.filter(item => typeof item === 'string') : standard
  }
}

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}
