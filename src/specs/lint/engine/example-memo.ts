import type { RulesetFunction } from '@stoplight/spectral-core'

interface Remembered {
  readonly message: string
  /** The path behind that of the schema. */
  readonly tail: readonly (string | number)[]
}

/** The function of Spectral's OpenAPI rules that checks examples against their schemas. */
export const EXAMPLE_FUNCTION = 'oasExample'

/**
 * Remembers what the check of examples found, by content: the same component stands in the resolved document wherever
 * it is referred to, and the function copies and compiles its schema each time. What it finds depends on the schema
 * with its examples, the function's options and whether it is part of a request or a response, nothing else.
 */
export function rememberExamples(original: RulesetFunction): RulesetFunction {
  const found = new Map<string, readonly Remembered[]>()
  const texts = new WeakMap<object, string>()
  const textOf = (input: unknown): string => {
    if (typeof input !== 'object' || input === null) return String(JSON.stringify(input))
    const known = texts.get(input)
    if (known !== undefined) return known
    const text = JSON.stringify(input)
    texts.set(input, text)
    return text
  }
  return (input, options, context) => {
    const { path, document } = context
    const part = path[0] === 'components' ? path[1] : path[3]
    const formats = [...(document.formats ?? [])].map(format => format.name).join()
    const key = `${String(part)} ${formats} ${JSON.stringify(options)} ${textOf(input)}`
    const known = found.get(key)
    if (known) return known.map(({ message, tail }) => ({ message, path: [...path, ...tail] }))
    const results = original(input, options, context)
    // A function that is not finished can't be remembered.
    if (results instanceof Promise) return results
    const list = results ?? []
    found.set(
      key,
      list.map(({ message, path: own = path }) => ({ message, tail: own.slice(path.length) })),
    )
    return list
  }
}
