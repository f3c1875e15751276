import { fail, type Problem, type Result, succeed } from '../model/problem.ts'

/** The address of an Admin API in displayable form, and what is needed to reach it. */
export interface AdminAddress {
  /** Without user and password, as everything else sees it. */
  readonly address: string
  /** The value of an `Authorization` header, where the address held a user or a password. A secret. */
  readonly authorization?: string
}

/**
 * Reads the address of an Admin API, and removes a user and a password from it (RFC 3986, section 3.2.1): from here on
 * they are a header like any other. Problems quote nothing of an address that may hold them.
 */
export function readAddress(text: string): Result<AdminAddress, Problem> {
  const url = URL.canParse(text) ? new URL(text) : undefined
  if (!url || !/^https?:$/.test(url.protocol) || url.hostname === '') {
    // A password that is not escaped may be why it can't be read.
    const message = text.includes('@')
      ? 'the address is not that of an Admin API, and is not shown here because it may hold a password'
      : `${text} isn't a valid Admin API address`
    return fail(badAddress(message, 'Write it as http://host:8001.'))
  }
  const { pathname, search, hash } = url
  if (`${pathname}${search}${hash}`.includes('@')) {
    const hint =
      'Escape characters that have a meaning in a URL, in the user and the password too: / as %2F, ? as %3F, # as %23.'
    return fail(badAddress('the address has an @ after its host', hint))
  }
  if (search !== '' || hash !== '') {
    const hint = 'Write it as http://host:8001; pass anything else with --headers.'
    return fail(badAddress('the address must not have a query or a fragment', hint))
  }
  if (url.username === '' && url.password === '') {
    // Line breaks, blanks and the like are not part of a URL, and are removed from what is shown.
    return succeed({ address: /^[!-~]+$/.test(text) ? text : url.href.replace(/\/+$/, '') })
  }
  const credentials = Buffer.concat([bytesOf(url.username), Buffer.from(':'), bytesOf(url.password)])
  url.username = ''
  url.password = ''
  return succeed({
    address: url.href.replace(/\/+$/, ''),
    authorization: `Basic ${credentials.toString('base64')}`,
  })
}

/**
 * The headers of a connection with those from its address. `Authorization` must not occur twice with different values:
 * it would be unclear which one counts.
 */
export function withAuthorization(
  given: readonly (readonly [name: string, value: string])[],
  authorization: string | undefined,
): Result<Readonly<Record<string, string>>, Problem> {
  const headers = new Map<string, readonly [string, string]>()
  for (const [name, value] of given) {
    const before = headers.get(name.toLowerCase())
    if (before && before[1] !== value && isAuthorization(name)) {
      const hint = 'Remove all but one.'
      return fail({ code: 'authorization', message: 'two Authorization headers contradict each other', hint })
    }
    headers.set(name.toLowerCase(), [name, value])
  }
  const header = headers.get('authorization')
  if (authorization !== undefined && header && header[1] !== authorization) {
    return fail({
      code: 'authorization',
      message: 'the address holds a user and password, and an Authorization header contradicts them',
      hint: 'Remove one of them.',
    })
  }
  const all = [...headers.values()]
  return succeed(
    Object.fromEntries(
      authorization === undefined || header ? all : [...all, ['Authorization', authorization]],
    ),
  )
}

function isAuthorization(name: string): boolean {
  return name.toLowerCase() === 'authorization'
}

/** Decodes a percent-encoded text into bytes; invalid escapes stay: https://url.spec.whatwg.org/#percent-decode */
function bytesOf(encoded: string): Buffer {
  return Buffer.from(
    encoded.replace(/%([0-9A-Fa-f]{2})/g, (_, hex: string) => String.fromCharCode(Number.parseInt(hex, 16))),
    'latin1',
  )
}

function badAddress(message: string, hint: string): Problem {
  return { code: 'bad-address', message, hint }
}
