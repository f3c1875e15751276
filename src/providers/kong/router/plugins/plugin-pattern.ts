import { LinearPattern, PatternError } from '../../../../patterns/linear-pattern.ts'

/**
 * Whether a plugin's regular expression is found in a text. Plugins have PCRE's; undefined where one needs what has no
 * linear time, as look-around, or is none.
 */
export function pluginPatternFits(pattern: string, text: string): boolean | undefined {
  try {
    return LinearPattern.of(pattern).test(text)
  } catch (error) {
    if (error instanceof PatternError) return undefined
    throw error
  }
}

/** Why what a plugin does is left open. */
export function notModelled(pattern: string): string {
  return `its pattern ${pattern} is not modelled`
}
