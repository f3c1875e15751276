import { LinearPattern, PatternError } from '../../../../patterns/linear-pattern.ts'

/**
 * Takes the place of a module of jsonpath-rfc9535 in the bundle (`scripts/bundle.mjs`): the pattern that `match()` and
 * `search()` of a selector ask for, as I-Regexp has them (https://www.rfc-editor.org/rfc/rfc9485); null: it is none, and
 * nothing matches it. In I-Regexp a dot is neither a line feed nor a carriage return.
 */
export default function selectorPattern(_context: unknown, pattern: string): LinearPattern | null {
  try {
    return LinearPattern.of(
      pattern.replace(/\\.|\[(?:\\.|[^\]\\])*\]|\./gs, part => (part === '.' ? '[^\\n\\r]' : part)),
    )
  } catch (error) {
    if (error instanceof PatternError) return null
    throw error
  }
}
