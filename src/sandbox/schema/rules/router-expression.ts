import { isObject, type Json, type JsonObject, stringsOf } from '../../json.ts'
import type { EntityRule } from '../validate/checks.ts'

/**
 * The router turns each route into an expression and refuses a route whose expression it can't read. The expression is
 * built here to find such routes and to report what the router says about them.
 */

const literal = (text: string): string =>
  text.includes('"#') ? `"${text.replaceAll('\\', '\\\\').replaceAll('"', '\\"')}"` : `r#"${text}"#`

const anyOf = (predicates: readonly string[]): string[] =>
  predicates.length === 0 ? [] : [`(${predicates.join(' || ')})`]

function sniPredicate(sni: string): string {
  const name = sni.length > 1 && sni.endsWith('.') ? sni.slice(0, -1) : sni
  if (name.startsWith('*')) return `tls.sni =^ ${literal(name.slice(1))}`
  return name.endsWith('*') ? `tls.sni ^= ${literal(name.slice(0, -1))}` : `tls.sni == ${literal(name)}`
}

function hostPredicate(text: string): string {
  const found = /^([^:]*):(\d+)$/.exec(text)
  const host = found?.[1] ?? text
  const compared = host.startsWith('*')
    ? `http.host =^ r#"${host.slice(1)}"#`
    : host.endsWith('*')
      ? `http.host ^= r#"${host.slice(0, -1)}"#`
      : `http.host == r#"${host}"#`
  return found === null ? compared : `(${compared} && net.dst.port == ${found[2]})`
}

const pathPredicate = (path: string): string =>
  path.startsWith('~')
    ? `http.path ~ ${literal(`^${path.slice(1).replaceAll('?<', '?P<')}`)}`
    : `http.path ^= ${literal(path)}`

function headerPredicates(name: string, values: readonly string[]): string {
  const field = `any(lower(http.headers.${name.replaceAll('-', '_').toLowerCase()}))`
  const predicates = values.map(value => {
    const lower = value.toLowerCase()
    return lower.startsWith('~*') ? `${field} ~ ${literal(lower.slice(2))}` : `${field} == ${literal(lower)}`
  })
  return `(${predicates.join(' || ')})`
}

/** The expression of a route for HTTP; undefined for a route of another kind. */
function expressionOf(route: JsonObject): string | undefined {
  const protocols = stringsOf(route.protocols)
  if (['tcp', 'udp', 'tls', 'tls_passthrough'].includes(protocols[0] ?? '')) return undefined
  const snis = anyOf(stringsOf(route.snis).map(sniPredicate))
  const headers = isObject(route.headers) ? Object.entries(route.headers) : []
  const parts = [
    ...snis.map(part => `(net.protocol != r#"https"# || ${part})`),
    ...anyOf(stringsOf(route.methods).map(method => `http.method == ${literal(method)}`)),
    ...anyOf(stringsOf(route.hosts).map(hostPredicate)),
    ...anyOf(stringsOf(route.paths).map(pathPredicate)),
    ...headers.map(([name, values]) => headerPredicates(name, stringsOf(values))),
  ]
  return parts.length === 0 ? undefined : parts.join(' && ')
}

/** What the router's parser shows: the expression, the place, and what is wrong there. */
function complaint(expression: string, column: number, mark: string, what: string): string {
  const pointed = `${' '.repeat(column - 1)}${mark}`
  return `Router Expression failed validation:  --> 1:${column}\n  |\n1 | ${expression}\n  | ${pointed}\n  |\n  = ${what}`
}

/** What Rust's regular expressions lack but PCRE has, with the length of the part that is pointed at. */
function unsupported(
  pattern: string,
): { readonly at: number; readonly length: number; readonly what: string } | undefined {
  const bare = pattern.replace(/\\[^1-9]|\[(?:\\.|[^\]\\])*\]/g, part => ' '.repeat(part.length))
  const around = /\(\?<?[=!]/.exec(bare)
  if (around !== null) {
    const what = 'look-around, including look-ahead and look-behind, is not supported'
    return { at: around.index, length: around[0].length, what }
  }
  const back = /\\[1-9]/.exec(bare)
  return back === null ? undefined : { at: back.index, length: 2, what: 'backreferences are not supported' }
}

const besideExpression = ['methods', 'hosts', 'paths', 'headers', 'snis', 'sources', 'destinations'] as const

const besides =
  "Router Expression failed validation: cannot set 'expression' with 'methods', 'hosts', 'paths', 'headers', 'snis', " +
  "'sources' or 'destinations' simultaneously"

const isGiven = (value: Json | undefined): boolean =>
  Array.isArray(value) ? value.length > 0 : isObject(value) && Object.keys(value).length > 0

/** Refuses routes whose expression the router cannot read. */
export const routerExpression: EntityRule = route => {
  // A route's own expression isn't checked.
  if (typeof route.expression === 'string')
    return besideExpression.some(name => isGiven(route[name])) ? besides : undefined
  const expression = expressionOf(route)
  if (expression === undefined) return undefined
  const empty = expression.replace(/r#".*?"#/gs, part => 'x'.repeat(part.length)).indexOf('()')
  if (empty >= 0) return complaint(expression, empty + 2, '^---', 'expected term')
  for (const found of expression.matchAll(/ ~ (r#"(.*?)"#)/gs)) {
    const [, quoted = '', pattern = ''] = found
    const problem = unsupported(pattern)
    if (problem === undefined) continue
    const pointed = `${' '.repeat(problem.at)}${'^'.repeat(problem.length)}`
    const what = `regex parse error:\n    ${pattern}\n    ${pointed}\nerror: ${problem.what}`
    return complaint(expression, found.index + 4, `^${'-'.repeat(quoted.length - 2)}^`, what)
  }
  return undefined
}
