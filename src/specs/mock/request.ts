import type { Json } from '../../model/json.ts'
import { LinearPattern, PatternError } from '../../patterns/linear-pattern.ts'
import { isJson, type MockAnswer, problemAnswer } from './answer.ts'
import type { MockCredentials, MockOperation, MockParameter } from './operations.ts'
import type { SchemaChecks } from './schema-check.ts'

/** A request as it came. */
export interface MockRequest {
  readonly method: string
  readonly path: string
  readonly query: URLSearchParams
  /** By name in small letters. */
  readonly headers: Readonly<Record<string, string>>
  readonly body: string
}

/** Finds operations by path; those with fewer parameters come first. */
export class MockPaths {
  readonly #paths: readonly { readonly operation: MockOperation; readonly pattern: LinearPattern }[]

  constructor(operations: readonly MockOperation[]) {
    this.#paths = operations
      .flatMap(operation => operation.bases.map(base => ({ operation, template: base + operation.path })))
      .sort((a, b) => count(a.template) - count(b.template) || b.template.length - a.template.length)
      .flatMap(({ operation, template }) => {
        const pattern = patternOf(template)
        return pattern ? [{ operation, pattern }] : []
      })
  }

  /** The operations of a path, whatever their method, with the values of its parameters. */
  find(path: string): readonly { readonly operation: MockOperation; readonly values: readonly string[] }[] {
    return this.#paths.flatMap(({ operation, pattern }) => {
      const found = pattern.find(path)
      return found ? [{ operation, values: found.groups.slice(1).map(value => value ?? '') }] : []
    })
  }
}

function count(template: string): number {
  return template.split('{').length
}

/** Undefined: it is too long for any request. */
function patternOf(template: string): LinearPattern | undefined {
  const pieces = template.split(/\{[^}]*\}/).map(text => text.replace(/[\\^$.*+?()[\]{}|]/g, '\\$&'))
  try {
    return LinearPattern.of(`^${pieces.join('([^/]+?)')}$`)
  } catch (error) {
    if (error instanceof PatternError) return undefined
    throw error
  }
}

/** Why a request is refused, as an answer; undefined: the specification allows it. */
export function refusalOf(
  operation: MockOperation,
  values: readonly string[],
  request: MockRequest,
  checks: SchemaChecks,
): MockAnswer | undefined {
  const { security } = operation
  if (security.length > 0 && !security.some(needed => needed.every(each => isGiven(each, request))))
    return problemAnswer(401, 'The request has none of the credentials that the specification requires')
  const type = (request.headers['content-type'] ?? '').split(';')[0]?.trim().toLowerCase() ?? ''
  const media = operation.body?.media ?? []
  const fitting = media.find(
    each => each.type === type || each.type === '*/*' || each.type === `${type.split('/')[0]}/*`,
  )
  if (request.body !== '' && media.length > 0 && fitting === undefined) {
    const types = media.map(each => each.type).join(', ')
    return problemAnswer(415, `The body must be ${types}, but is ${type === '' ? 'of no type' : type}`)
  }
  const errors = [
    ...parameterErrors(operation, values, request, checks),
    ...(operation.body?.required && request.body === '' ? ['body: is required'] : []),
  ]
  if (request.body !== '' && fitting && isJson(type)) {
    const body = parsed(request.body)
    if (body === undefined) errors.push('body: isn’t JSON')
    else if (fitting.schema)
      errors.push(
        ...checks
          .body(fitting.schema)(body)
          .map(error => `body${error.startsWith('/') ? '' : ' '}${error}`),
      )
  }
  if (errors.length === 0) return undefined
  const status = operation.responses.some(({ code }) => code === '422') ? 422 : 400
  return problemAnswer(status, 'The request does not match the specification', errors)
}

function isGiven({ in: where, name, scheme }: MockCredentials, { headers, query }: MockRequest): boolean {
  const value =
    where === 'query'
      ? query.get(name)
      : where === 'cookie'
        ? cookie(headers, name)
        : headers[name.toLowerCase()]
  return (value ?? '').toLowerCase().startsWith(scheme) && (value ?? '').length > scheme.length
}

function cookie(headers: MockRequest['headers'], name: string): string | undefined {
  const pairs = (headers.cookie ?? '').split(';').map(pair => pair.trim())
  return pairs.find(pair => pair.startsWith(`${name}=`))?.slice(name.length + 1)
}

function parameterErrors(
  operation: MockOperation,
  values: readonly string[],
  request: MockRequest,
  checks: SchemaChecks,
): readonly string[] {
  const names = [...operation.path.matchAll(/\{([^}]*)\}/g)].map(match => match[1])
  const given = (parameter: MockParameter): Json | undefined => {
    switch (parameter.in) {
      case 'path':
        return split(decoded(values[names.indexOf(parameter.name)]), parameter)
      case 'query':
        return queryValue(request.query, parameter)
      case 'header':
        return split(request.headers[parameter.name.toLowerCase()], parameter)
      default:
        return split(cookie(request.headers, parameter.name), parameter)
    }
  }
  return operation.parameters.flatMap(parameter => {
    const value = given(parameter)
    const what = `${parameter.in} ${parameter.name}`
    if (value === undefined) return parameter.required ? [`${what}: is required`] : []
    if (parameter.check === undefined) return []
    return checks
      .parameter(parameter.check)(value)
      .map(error => `${what}${error.startsWith('/') ? '' : ': '}${error}`)
  })
}

/** A parameter of the query by its style (OpenAPI 3.1, section 4.8.12.3). */
function queryValue(query: URLSearchParams, parameter: MockParameter): Json | undefined {
  const { name, style = 'form' } = parameter
  const isObject = parameter.check?.schema.type === 'object'
  if (style === 'deepObject' || isObject) {
    const start = style === 'deepObject' ? `${name}[` : ''
    const entries = [...query].flatMap(([key, value]): [string, string][] =>
      start === '' || (key.startsWith(start) && key.endsWith(']'))
        ? [[start === '' ? key : key.slice(start.length, -1), value]]
        : [],
    )
    return entries.length === 0 ? undefined : Object.fromEntries(entries)
  }
  const all = query.getAll(name)
  if (all.length === 0) return undefined
  return all.length > 1 && parameter.check?.schema.type === 'array' ? all : split(all[0], parameter)
}

/** A list stands in one text with separators between, a scalar is the text. */
function split(text: string | undefined, { check, style, explode }: MockParameter): Json | undefined {
  if (text === undefined || check?.schema.type !== 'array') return text
  if (style === 'form' && explode !== false) return [text]
  const separator = style === 'spaceDelimited' ? ' ' : style === 'pipeDelimited' ? '|' : ','
  return text.split(separator)
}

function decoded(text: string | undefined): string | undefined {
  try {
    return text === undefined ? undefined : decodeURIComponent(text)
  } catch {
    return text
  }
}

function parsed(text: string): Json | undefined {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}
