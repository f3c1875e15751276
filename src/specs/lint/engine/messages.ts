import type { RulesetFunction } from '@stoplight/spectral-core'

/**
 * What Spectral evaluates in a message as an expression, `#{{…}}`, but for the form that its own functions use. A text of
 * a specification may stand in a message too.
 */
const expression = /#\{\{(?!print\("[a-z]+"\)\}\})/g

/** Whether Spectral would evaluate something in a message. */
export function evaluatesText(message: string): boolean {
  return message.search(expression) >= 0
}

/** What a function found, with messages in which nothing is evaluated. */
export function plainResults(results: ReturnType<RulesetFunction>): ReturnType<RulesetFunction> {
  if (!Array.isArray(results)) return results instanceof Promise ? results.then(plainResults) : results
  if (!results.some(({ message }) => evaluatesText(message))) return results
  return results.map(result => ({ ...result, message: result.message.replace(expression, '# {{') }))
}
