import { fail, type Problem, type Result, succeed } from '../../../../model/problem.ts'

/**
 * Where variables are looked up. `mocked`: nowhere, values are made up as decK's render does. `named`: nowhere, and
 * what is done with them is kept: `$DECK_X|toInt` stands for the value.
 */
export type Environment = Readonly<Record<string, string | undefined>> | 'mocked' | 'named'
type Outcome = Result<string, Problem>

/** One piece of an expression: a word, a text in quotes, or a sign. */
interface Token {
  readonly type: 'word' | 'text' | 'sign'
  readonly value: string
}

const usage = 'decK knows env "DECK_NAME", and after it toInt, toFloat, toBool and indent N.'

/** What a function of decK's templates gives for its arguments. */
type TemplateFunction = (args: readonly string[], env: Environment) => Outcome

const functions: Readonly<Record<string, TemplateFunction>> = {
  env([name, ...more], env) {
    if (name === undefined || more.length > 0) return refuse('env takes the name of one variable', usage)
    if (!name.startsWith('DECK_')) {
      const hint = 'Only names that begin with DECK_ can be used: rename it, here and where it is set.'
      return refuse(`the environment variable ${name} is not decK's`, hint)
    }
    if (env === 'mocked') return succeed(name)
    if (env === 'named') return succeed(`$${name}`)
    const value = env[name]
    if (value === undefined)
      return refuse(`the environment variable ${name} is not set`, `Set ${name} and try again.`)
    return succeed(value)
  },
  toInt([value, ...more], env) {
    if (value === undefined || more.length > 0) return refuse('toInt takes one value', usage)
    if (env === 'mocked') return succeed('42')
    if (env === 'named' && isNamed(value)) return succeed(`${value}|toInt`)
    return /^[-+]?[0-9]+$/.test(value)
      ? succeed(String(BigInt(value)))
      : refuse('toInt got a value that is no integer')
  },
  toFloat([value, ...more], env) {
    if (value === undefined || more.length > 0) return refuse('toFloat takes one value', usage)
    if (env === 'mocked') return succeed('42')
    if (env === 'named' && isNamed(value)) return succeed(`${value}|toFloat`)
    const number = value.trim() === value && value !== '' ? Number(value.replace(/^\+/, '')) : Number.NaN
    return Number.isFinite(number)
      ? succeed(floatText(number))
      : refuse('toFloat got a value that is no number')
  },
  toBool([value, ...more], env) {
    if (value === undefined || more.length > 0) return refuse('toBool takes one value', usage)
    if (env === 'mocked') return succeed('false')
    if (env === 'named' && isNamed(value)) return succeed(`${value}|toBool`)
    if (/^(1|t|T|TRUE|true|True)$/.test(value)) return succeed('true')
    if (/^(0|f|F|FALSE|false|False)$/.test(value)) return succeed('false')
    return refuse('toBool got a value that is neither true nor false')
  },
  indent([spaces, value, ...more]) {
    if (spaces === undefined || value === undefined || more.length > 0 || !/^[0-9]{1,3}$/.test(spaces)) {
      return refuse('indent takes a number of spaces and a value', usage)
    }
    return succeed(value.replaceAll('\n', `\n${' '.repeat(Number(spaces))}`))
  },
}

/** Whether a text holds the name of a variable in place of its value. */
export function isNamed(text: string): boolean {
  return /\$DECK_\w/.test(text)
}

/**
 * The text that one `${{ … }}` stands for: functions with arguments, joined by `|`, in parentheses where needed
 * (https://pkg.go.dev/text/template). Problems never hold a variable's value.
 */
export function evaluate(expression: string, env: Environment): Outcome {
  const inner = expression
    .replace(/^-(?=\s)/, '')
    .replace(/(?<=\s)-$/, '')
    .trim()
  if (inner.startsWith('/*') && inner.endsWith('*/')) return succeed('')
  const tokens = tokensOf(inner)
  if (!tokens) return refuse('the expression is not closed or has a sign that does not belong there', usage)
  const reader = { tokens, at: 0 }
  const value = pipeline(reader, env)
  if (value.ok && reader.at < tokens.length) return refuse('the expression goes on after its end', usage)
  return value
}

interface Reader {
  readonly tokens: readonly Token[]
  at: number
}

function pipeline(reader: Reader, env: Environment): Outcome {
  let value = command(reader, env)
  while (value.ok && isSign(reader, '|')) {
    reader.at += 1
    value = command(reader, env, value.value)
  }
  return value
}

/** A function with its arguments, or a single value; what came through the pipe is the last argument. */
function command(reader: Reader, env: Environment, piped?: string): Outcome {
  const first = reader.tokens[reader.at]
  if (!first) return refuse('the expression is empty or ends too early', usage)
  if (first.type !== 'word' || /^[-+0-9]/.test(first.value)) {
    const value = argument(reader, env)
    return piped === undefined ? value : refuse('a value can not take what comes before the |', usage)
  }
  reader.at += 1
  const called = Object.hasOwn(functions, first.value) ? functions[first.value] : undefined
  if (!called) return refuse(`decK's templates have no function ${first.value}`, usage)
  const args: string[] = []
  while (reader.at < reader.tokens.length && !isSign(reader, '|') && !isSign(reader, ')')) {
    const value = argument(reader, env)
    if (!value.ok) return value
    args.push(value.value)
  }
  return called(piped === undefined ? args : [...args, piped], env)
}

function argument(reader: Reader, env: Environment): Outcome {
  const token = reader.tokens[reader.at]
  reader.at += 1
  if (token?.type === 'text') return succeed(token.value)
  if (token?.type === 'word' && /^[-+]?[0-9.]+$/.test(token.value)) return succeed(token.value)
  if (token?.type === 'sign' && token.value === '(') {
    const value = pipeline(reader, env)
    if (!value.ok) return value
    if (!isSign(reader, ')')) return refuse('a parenthesis is not closed', usage)
    reader.at += 1
    return value
  }
  return refuse('an argument is neither a text in double quotes nor a number', usage)
}

function isSign(reader: Reader, sign: string): boolean {
  const token = reader.tokens[reader.at]
  return token?.type === 'sign' && token.value === sign
}

function tokensOf(text: string): readonly Token[] | undefined {
  const tokens: Token[] = []
  const pattern = /\s*(?:("(?:[^"\\]|\\.)*")|`([^`]*)`|([|()])|([^\s|()"`]+))/y
  while (pattern.lastIndex < text.length) {
    const at = pattern.lastIndex
    const match = pattern.exec(text)
    if (!match) return text.slice(at).trim() === '' ? tokens : undefined
    const [, quoted, raw, sign, word] = match
    if (quoted !== undefined) {
      const value = unquoted(quoted)
      if (value === undefined) return undefined
      tokens.push({ type: 'text', value })
    } else if (raw !== undefined) tokens.push({ type: 'text', value: raw })
    else if (sign !== undefined) tokens.push({ type: 'sign', value: sign })
    else tokens.push({ type: 'word', value: word ?? '' })
  }
  return tokens
}

function unquoted(quoted: string): string | undefined {
  try {
    return String(JSON.parse(quoted))
  } catch {
    return undefined
  }
}

/** A number as Go prints it: with an exponent from 1e21 on and below 1e-4. */
function floatText(value: number): string {
  const small = value !== 0 && Math.abs(value) < 1e-4
  const text = small ? value.toExponential() : String(value)
  return text.replace(/e([-+])(\d)$/, 'e$10$2')
}

function refuse(message: string, hint?: string): Outcome {
  return fail({ code: 'template', message, ...(hint === undefined ? {} : { hint }) })
}
