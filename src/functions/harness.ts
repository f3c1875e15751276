/**
 * The layer between the host and a function, inside the same QuickJS: values come in as JSON, and one text goes out
 * whose first character says what it is. It saves the parts of the engine that it needs before any other code can
 * change them.
 */

/** The first character of the harness's answers. */
export const said = {
  /** The function said `true`. */
  yes: 'y',
  /** It said anything else, or threw. */
  no: 'n',
  /** JSON follows. */
  data: 'd',
  /** The function's fault follows. */
  fault: 'f',
} as const

/** How long the JSON may be that a function gives, in UTF-16 units. */
const longestData = 1_000_000

/**
 * Takes a function that returns documents as JSON, and returns `[verdict, data]`: both call a function with values
 * given as JSON; they return whether the result is `true`, or the result as JSON. A fault isn't caused by the value:
 * the function exceeded the engine's limits, or used a name that doesn't exist. Results must not differ from call to
 * call, so there is no `Math.random`.
 */
export const harnessCode = `(document => {
  'use strict'
  const { parse, stringify } = JSON
  const slice = Function.prototype.call.bind(String.prototype.slice)
  const [Limit, Unknown] = [InternalError, ReferenceError]
  Math.random = () => { throw new Unknown('Math.random is not there: an answer must be the same each time') }
  const read = text => text === undefined ? undefined : parse(text)
  const told = error => {
    if (error === null) return 'out of memory, or it threw null'
    try {
      const message = slice(error.message, 0, 200)
      return error instanceof Limit || error instanceof Unknown ? message : error.name + ': ' + message
    } catch {
      return 'it threw something that is no error'
    }
  }
  // What the engine throws where it has no room for an error is null.
  const isFault = error => error === null || error instanceof Limit || error instanceof Unknown
  const verdict = (made, text) => {
    try {
      return made(read(text)) === true ? '${said.yes}' : '${said.no}'
    } catch (error) {
      return isFault(error) ? '${said.fault}' + told(error) : '${said.no}'
    }
  }
  const asked = name => read(document(name))
  const data = (made, input, options, context) => {
    try {
      const text = stringify(
        made(read(input), read(options), {
          ...read(context),
          document: { get data() { return asked('data') } },
          documentInventory: { get resolved() { return asked('resolved') } },
        }),
      )
      if (text === undefined) return '${said.data}null'
      if (text.length > ${longestData}) return '${said.fault}it answers with more than ${longestData} characters'
      return '${said.data}' + text
    } catch (error) {
      return '${said.fault}' + told(error)
    }
  }
  return [verdict, data]
})`
