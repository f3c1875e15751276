import { copyJson, type Json } from '../json.ts'

/** Reads YAML text; reports mistakes in the words of Kong's parser, `line:column: what`. */
export type YamlReader = (text: string) => { readonly value: Json } | { readonly wrong: string }

const wordings: readonly (readonly [RegExp, string])[] = [
  [/within a flow collection/, 'did not find expected node content'],
  [/within a double quoted scalar|within a single quoted scalar/, 'found unexpected end of stream'],
  [/bad indentation of a mapping entry/, 'mapping values are not allowed in this context'],
  [/end of the stream or a document separator/, 'did not find expected <document start>'],
  [/tab characters/, 'found character that cannot start any token'],
  [/unidentified alias/, 'found undefined alias'],
]

const wording = (reason: string) => wordings.find(([form]) => form.test(reason))?.[1] ?? reason

/** Loads the YAML parser: only gateways that read files need it. */
export async function loadYamlReader(): Promise<YamlReader> {
  const { load, YAMLException } = await import('js-yaml')
  return text => {
    if (text.trim() === '') return { value: null }
    try {
      const value: unknown = load(text)
      return { value: asJson(value) }
    } catch (error) {
      if (!(error instanceof YAMLException)) throw error
      return { wrong: `${(error.mark?.line ?? 0) + 1}:${error.mark?.column ?? 0}: ${wording(error.reason)}` }
    }
  }
}

/** What YAML has and JSON lacks (dates, maps) becomes text. */
function asJson(value: unknown): Json {
  if (value === undefined) return null
  const parsed: Json = JSON.parse(JSON.stringify(value))
  return copyJson(parsed)
}
