import type { Credential, Found, OwnedCredential } from '../configuration/credentials.ts'
import type { PluginFields } from '../effects/plugin-fields.ts'
import type { Consumer } from '../effects/plugin-scopes.ts'
import { utf8Bytes } from '../regex/byte-string.ts'
import type { EndingBody, Exchange } from '../requests/exchange.ts'

/** What an authentication plugin says of a request. */
export type Verdict =
  | { readonly type: 'accepted'; readonly consumer: Consumer | null; readonly credential: Credential }
  | { readonly type: 'refused'; readonly message: string; readonly challenge: string }
  | { readonly type: 'unknown'; readonly why: string }

/**
 * Lets a verdict take its effect. With `anonymous` set, who fails passes as that consumer, and who is
 * authenticated already is not asked again.
 */
export function authenticate(exchange: Exchange, config: PluginFields, verdict: () => Verdict): void {
  const anonymous = config.text('anonymous')
  if (anonymous && exchange.credential) return
  const said = verdict()
  if (said.type === 'accepted') {
    identify(exchange, said.consumer, said.credential)
  } else if (said.type === 'unknown') {
    exchange.consumerUnknown = true
    exchange.leaveOpen(
      anonymous ? `${said.why}; passes in any case, as consumer ${anonymous} if not accepted` : said.why,
    )
  } else if (anonymous === null) {
    exchange.end(401, message(said.message), { 'www-authenticate': said.challenge })
  } else passAsAnonymous(exchange, anonymous)
}

function passAsAnonymous(exchange: Exchange, anonymous: string): void {
  const consumer = exchange.credentials.consumer(anonymous)
  if (consumer) identify(exchange, consumer, null)
  else if (exchange.credentials.consumersKnown) exchange.end(500, message('An unexpected error occurred'))
  else {
    exchange.consumerUnknown = true
    exchange.leaveOpen(`passes as the anonymous consumer ${anonymous}, which was not read`)
  }
}

/** Makes a request that of a consumer, and tells the upstream. */
function identify(exchange: Exchange, consumer: Consumer | null, credential: Credential | null): void {
  exchange.consumer = consumer
  exchange.credential = credential
  exchange.consumerUnknown = false
  exchange.setHeader('x-consumer-id', consumer?.id)
  exchange.setHeader('x-consumer-custom-id', bytes(consumer?.customId))
  exchange.setHeader('x-consumer-username', bytes(consumer?.name))
  exchange.setHeader('x-credential-identifier', bytes(credential?.identifier))
  exchange.setHeader('x-anonymous-consumer', credential ? null : 'true')
}

/**
 * The verdict where a request only says whose credentials it presents (`consumer`); undefined where it
 * says nothing.
 */
export function presented(
  exchange: Exchange,
  plugin: string,
  refusal: Verdict,
  identifierOf: (owned: OwnedCredential) => unknown,
): Verdict | undefined {
  const name = exchange.view.request.consumer
  if (name === undefined) return undefined
  const consumer = exchange.credentials.consumer(name)
  if (!consumer) {
    return exchange.credentials.consumersKnown
      ? refusal
      : { type: 'unknown', why: `whether consumer ${name} exists was not read` }
  }
  const found = exchange.credentials.of(consumer, plugin)
  if (found === 'none') return refusal
  if (found === 'unknown') return { type: 'accepted', consumer, credential: { id: null, identifier: null } }
  return accepted(found, identifierOf(found))
}

/** The verdict for a credential that was looked up. */
export function verdictOf(
  found: Found,
  refusal: Verdict,
  identifierOf: (owned: OwnedCredential) => unknown,
): Verdict {
  if (found === 'none') return refusal
  if (found === 'unknown')
    return { type: 'unknown', why: 'the credential sent can not be compared with the ones known here' }
  return accepted(found, identifierOf(found))
}

function accepted(owned: OwnedCredential, identifier: unknown): Verdict {
  const credential = {
    id: owned.config.id ?? null,
    identifier: typeof identifier === 'string' ? identifier : null,
  }
  return { type: 'accepted', consumer: owned.consumer, credential }
}

export function message(text: string): EndingBody {
  return { type: 'message', message: text }
}

function bytes(text: string | null | undefined): string | null {
  return text ? utf8Bytes(text) : null
}
