/**
 * PCRE2's message about a regular expression that it can't compile, or undefined for one that it can. The expression is
 * parsed with this machine's own engine after translating different spellings; constructs that only PCRE knows count as
 * correct.
 */
export function regexProblem(pattern: string): string | undefined {
  const open = unbalanced(pattern)
  if (open !== undefined) return open
  try {
    new RegExp(translated(pattern))
    return undefined
  } catch (error) {
    if (onlyPcre.test(pattern)) return undefined
    return `pcre2_compile() failed: ${wording(error instanceof Error ? error.message : '')} in "${pattern}"`
  }
}

/** Whether PCRE2 can compile the expression. */
export const validRegex = (pattern: string): boolean => regexProblem(pattern) === undefined

/** Inline options, atomic groups, possessive repeats, recursion, conditions, POSIX classes, \K \A \z \Q \R \h. */
const onlyPcre = /\(\?[#>|RP&(0-9+-]|\(\?[a-z-]*[imsxUJ]|[*+?}]\+|\[:\^?\w+:\]|\\[KAzZGQERhHvVNXg]|\(\*/

function translated(pattern: string): string {
  return pattern
    .replace(/\(\?P</g, '(?<')
    .replace(/\(\?P=(\w+)\)/g, '\\k<$1>')
    .replace(/\(\?P>(\w+)\)/g, '')
}

function wording(message: string): string {
  if (message.includes('Nothing to repeat')) return 'quantifier does not follow a repeatable item'
  if (message.includes('Unterminated character class')) return 'missing terminating ] for character class'
  if (message.includes('Range out of order')) return 'range out of order in character class'
  if (message.includes('numbers out of order')) return 'numbers out of order in {} quantifier'
  if (message.includes('\\ at end')) return '\\ at end of pattern'
  return 'unrecognized expression'
}

/** Parentheses and classes that do not close. */
function unbalanced(pattern: string): string | undefined {
  let depth = 0
  let inClass = false
  for (let i = 0; i < pattern.length; i++) {
    const char = pattern[i]
    if (char === '\\') i++
    else if (inClass) {
      if (char === ']') inClass = false
    } else if (char === '[') {
      inClass = true
      if (pattern[i + 1] === '^') i++
      if (pattern[i + 1] === ']') i++
    } else if (char === '(') depth++
    else if (char === ')' && --depth < 0)
      return `pcre2_compile() failed: unmatched closing parenthesis in "${pattern}" at "${pattern.slice(i)}"`
  }
  if (inClass) return `pcre2_compile() failed: missing terminating ] for character class in "${pattern}"`
  return depth > 0 ? `pcre2_compile() failed: missing closing parenthesis in "${pattern}"` : undefined
}
