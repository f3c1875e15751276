/*
 * Credentials by their names: a header `Authorization`, a parameter `api_key`, the user and password of a URL. What a
 * value looks like doesn't matter.
 */

const words = 'authorization|cookie|token|key|apikey|secret|password|passwd|pwd|passphrase'
/** Names that suffice alone, and those that end in one of them. */
const credential = new RegExp(`^(?:.*-)?(?:${words}|credentials?|session-?id|signature|jwt|bearer|auth)$`)
/** Among a plugin's own fields, `client_auth` and `jwt_session_cookie` are settings. */
const credentialField = new RegExp(`^(?:.*-)?(?:${words.replace('|cookie', '')})$`)

/** Whether a header, parameter or key of this name holds a credential: `X-Api-Key`, `access_token`, `Cookie`. */
export function isCredentialName(name: string): boolean {
  return known(names, name, credential)
}

/** The same of a field of a plugin's configuration. */
export function isCredentialField(name: string): boolean {
  return known(fields, name, credentialField)
}

/** Results by name: a gateway has few names, and thousands of entities that use them. */
const names = new Map<string, boolean>()
const fields = new Map<string, boolean>()
const mostNames = 10_000

function known(found: Map<string, boolean>, name: string, pattern: RegExp): boolean {
  const before = found.get(name)
  if (before !== undefined) return before
  if (found.size >= mostNames) found.clear()
  const is = pattern.test(plainName(name))
  found.set(name, is)
  return is
}

/** As `client-secret` for `clientSecret` and `client_secret`. */
function plainName(name: string): string {
  return name
    .trim()
    .replace(/([a-z0-9])([A-Z])/g, '$1-$2')
    .replaceAll('_', '-')
    .toLowerCase()
}

const hidden = '••••'

/** A text that may hold a credential contains a colon, an equals sign or a quotation mark. */
const mayHold = /[:='"`]|\[=*\[/
/** And either a word that names credentials, or a URL. */
const mayName = new RegExp(`${words}|credential|session|signature|jwt|bearer|auth|://|\\?`, 'i')

/**
 * What may be shown of a text that holds a credential: a header as `Authorization: ••••`, a URL without its user, code
 * without its texts. Undefined if it holds none.
 */
export function shownOf(text: string): string | undefined {
  if (!mayHold.test(text) || !mayName.test(text)) return undefined
  const [, head = '', name = '', value = ''] = entry.exec(text) ?? []
  if (name !== '' && isCredentialName(name)) return isReference(value) ? undefined : `${head}${hidden}`
  const code = ofCode(text)
  return ofUrls(code ?? text) ?? code
}

/** A header or parameter in the notation of plugins: `Authorization: Bearer x`, `api_key:x`. */
const entry = /^(\s*([\w.!#$%&'*+^`|~-]+)\s*:\s*)(\S.*)$/s

/**
 * References to a value that a gateway takes from elsewhere, such as a vault or the request, and a scheme without a
 * value.
 */
export function isReference(value: string): boolean {
  const text = value.trim()
  return (
    text === '' ||
    text.startsWith('{vault://') ||
    (text.startsWith('$(') && text.endsWith(')')) ||
    /^(?:bearer|basic|digest|negotiate)$/i.test(text)
  )
}

/** Before a host; a colon without a port after it begins a password, whatever characters that consists of. */
const user =
  /([a-z][a-z0-9+.-]*:\/\/)(?:[^\s/?#"'<>@[]{0,300}:(?!\d+(?:[/?#]|$))[^\s"'<>]{0,300}|[^\s/?#"'<>]{0,300})@/gi
const parameter = /([?&;]([\w.-]+)=)([^&;#\s"']+)/g

/** URLs with a user, or with a credential among their parameters. */
export function ofUrls(text: string): string | undefined {
  if (!text.includes('://') && !text.includes('?')) return undefined
  const withoutUser = text.includes('@') ? text.replace(user, `$1${hidden}@`) : text
  const shown = withoutUser.replace(parameter, (whole, head: string, name: string, value: string) =>
    isCredentialName(name) && !isReference(value) ? `${head}${hidden}` : whole,
  )
  return shown === text ? undefined : shown
}

/** Headers that carry credentials, in the notation of code; excludes words that code uses for anything else. */
const headerInCode =
  /\b(?:(?:proxy[-_])?authorization|(?:set[-_])?cookie|password|passwd|apikey|bearer|(?<=[A-Za-z0-9][-_])(?:token|key|secret|cookie))\b/i
/**
 * String literals in the languages that gateways run, each on one line except for Lua's long brackets and JavaScript's
 * backticks.
 */
const literal = new RegExp(
  [
    String.raw`"(?:[^"\\\n]|\\.)*(?:"|(?=\n)|$)`,
    String.raw`'(?:[^'\\\n]|\\.)*(?:'|(?=\n)|$)`,
    '`(?:[^`\\\\]|\\\\.)*(?:`|$)',
    String.raw`\[(={0,20})\[.*?(?:\]\1\]|$)`,
  ].join('|'),
  'gs',
)
/** A header as it is sent, outside string literals: in a comment, or in a body. */
const headerLine = new RegExp(`(${headerInCode.source}\\s*:\\s+)(\\S.*)`, 'gi')

/**
 * Code, or a document, that names a header which carries credentials: its value may be in any string literal of the
 * code. The names of headers themselves may be shown.
 */
function ofCode(text: string): string | undefined {
  if (!headerInCode.test(text)) return undefined
  const shown = text
    .replace(literal, found => withoutContent(found))
    .replace(headerLine, (whole, head: string, value: string) =>
      value.startsWith(hidden) ? whole : `${head}${hidden}`,
    )
  return shown === text ? undefined : shown
}

function withoutContent(found: string): string {
  const [open = ''] = /^(?:["'`]|\[=*\[)/.exec(found) ?? []
  const close = open.startsWith('[') ? open.replaceAll('[', ']') : open
  const content = found.slice(
    open.length,
    found.endsWith(close) && found.length > open.length ? -close.length : undefined,
  )
  return content === '' || headerNames.has(content.toLowerCase()) ? found : `${open}${hidden}${close}`
}

/** The names of headers that code reads or sets. */
const headerNames = new Set([
  'authorization',
  'proxy-authorization',
  'cookie',
  'set-cookie',
  'x-api-key',
  'api-key',
  'apikey',
  'api_key',
  'x-auth-token',
  'x-access-token',
  'access_token',
])
