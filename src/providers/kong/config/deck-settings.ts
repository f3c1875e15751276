import { createPrivateKey, X509Certificate } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { resolve } from 'node:path'
import { withAuthorization } from '../../../config/address.ts'
import { asString, type Json } from '../../../model/json.ts'
import { fail, type Place, type Problem, type Result, succeed } from '../../../model/problem.ts'
import type { GatewaySettings, SettingSource, SettingSources } from '../../config.ts'
import type { Connection } from '../../session.ts'
import { textsOf } from './deck-file.ts'

/** A setting, and what it is called where it was found. */
interface Found {
  readonly value: Json
  readonly from: string
  readonly place?: Place
}

/** Works out decK's settings; problems say where a value came from, and never what a credential is. */
export function deckSettings(sources: SettingSources): Result<GatewaySettings> {
  const reader = new SettingsReader(sources)
  const address = reader.text('kong-addr', 'the address')
  if (address === undefined) reader.refuseKonnect()
  const sends = sources.credentials !== false
  const settings: GatewaySettings = {
    address,
    connection: {
      ...(sends ? defined('headers', reader.headers()) : {}),
      ...defined('timeoutMs', reader.timeout()),
      ...defined('authorities', reader.authorities()),
      ...(sends ? defined('identity', reader.identity()) : {}),
      ...defined('serverName', reader.text('tls-server-name', 'the name in its certificate')),
    },
    origins: reader.origins,
    withheld: sends ? [] : credentialSettings.flatMap(name => reader.whereIs(name) ?? []),
    found: reader.found,
  }
  reader.refuseCookies()
  return reader.problems.length > 0 ? fail(reader.problems) : succeed(settings)
}

/** Settings that let in whoever sends them. */
const credentialSettings = [
  'headers',
  'tls-client-cert',
  'tls-client-cert-file',
  'tls-client-key',
  'tls-client-key-file',
] as const

/** The address that decK's settings name; undefined: none. */
export function deckAddress(sources: SettingSources): string | undefined {
  return new SettingsReader(sources).text('kong-addr', 'the address')
}

function defined<K extends string, V>(name: K, value: V | undefined): { readonly [name in K]?: V } {
  const result: { [name in K]?: V } = {}
  if (value !== undefined) result[name] = value
  return result
}

class SettingsReader {
  readonly problems: Problem[] = []
  readonly origins: string[] = []
  readonly found = new Map<string, SettingSource>()
  readonly #sources: SettingSources

  constructor(sources: SettingSources) {
    this.#sources = sources
  }

  #find(name: string): Found | undefined {
    const { flags, env, file } = this.#sources
    const flag = flags[name]
    if (flag !== undefined) {
      this.found.set(name, { option: `--${name}` })
      return { value: flag, from: `--${name}` }
    }
    const variable = variableOf(name)
    const set = env[variable]
    if (set) {
      this.found.set(name, { env: variable })
      return { value: set, from: variable }
    }
    const value = file?.values.get(name)
    if (!file || value === undefined || value === null || value === '') return undefined
    this.found.set(name, { inFile: value })
    return { value, from: `${name} in ${file.path}`, place: file.place(name) }
  }

  #refuse({ from, place }: Found, message: string, hint?: string): undefined {
    const named = place ? message : `${from}: ${message}`
    this.problems.push({
      code: 'setting',
      message: named,
      ...(hint === undefined ? {} : { hint }),
      ...(place ? { place } : {}),
    })
    return undefined
  }

  #tell(found: Found, what: string): void {
    if (!found.from.startsWith('--')) this.origins.push(`${what} from ${found.from}`)
  }

  /** What a setting is called where it was found; undefined: it was not. */
  whereIs(name: string): string | undefined {
    return this.#find(name)?.from
  }

  text(name: string, what: string): string | undefined {
    const found = this.#find(name)
    if (!found) return undefined
    const value = asString(found.value)
    if (value === undefined) return this.#refuse(found, 'this must be a text', 'Put it in quotes.')
    this.#tell(found, what)
    return value
  }

  headers(): Readonly<Record<string, string>> | undefined {
    const found = this.#find('headers')
    const given = found ? textsOf(found.value) : []
    if (!found || given.length === 0) return undefined
    const pairs: [string, string][] = []
    for (const pair of given) {
      const colon = pair.indexOf(':')
      const name = pair.slice(0, colon).trim()
      if (colon < 1 || !/^[!#$%&'*+.^_`|~A-Za-z0-9-]+$/.test(name)) {
        const hint = `Write it as ${found.from.startsWith('--') ? '--headers ' : ''}Kong-Admin-Token:….`
        return this.#refuse(found, 'a header is not in the form Name:value', hint)
      }
      pairs.push([name, pair.slice(colon + 1).trim()])
    }
    this.#tell(found, `the header${pairs.length === 1 ? '' : 's'} ${pairs.map(([name]) => name).join(', ')}`)
    const headers = withAuthorization(pairs, undefined)
    return headers.ok ? headers.value : this.#refuse(found, headers.error.message, headers.error.hint)
  }

  timeout(): number | undefined {
    const found = this.#find('timeout')
    if (!found) return undefined
    const seconds = Number(found.value)
    if (!(seconds > 0)) return this.#refuse(found, 'the time-out must be a number of seconds above 0')
    this.#tell(found, 'the time-out')
    return seconds * 1000
  }

  authorities(): string | false | undefined {
    const skip = this.#find('tls-skip-verify')
    if (skip && isTrue(skip.value)) {
      this.#tell(skip, 'that certificates are not checked')
      return false
    }
    const found = this.#pem('ca-cert', 'the certificate authority')
    if (!found) return undefined
    try {
      new X509Certificate(found.pem)
    } catch {
      return this.#refuse(found, 'this is no certificate in PEM form')
    }
    return found.pem
  }

  /** The certificate that is shown to the gateway, with its key. */
  identity(): Connection['identity'] | undefined {
    const certificate = this.#pem('tls-client-cert', 'the client certificate')
    const key = this.#pem('tls-client-key', 'its key')
    const one = certificate ?? key
    if (!one) return undefined
    if (!certificate || !key) {
      const lacking = certificate ? 'its key: --tls-client-key-file' : 'a certificate: --tls-client-cert-file'
      return this.#refuse(one, `a client certificate needs ${lacking}`)
    }
    try {
      const parsed = new X509Certificate(certificate.pem)
      const fits = parsed.checkPrivateKey(createPrivateKey(key.pem))
      return fits
        ? { certificate: certificate.pem, key: key.pem }
        : this.#refuse(key, 'this is the key of another certificate')
    } catch {
      return this.#refuse(
        certificate,
        'this certificate or its key is not in PEM form, or the key has a password',
      )
    }
  }

  /** What a setting holds itself, or the file that its like names; the former wins, as in decK. */
  #pem(name: string, what: string): (Found & { readonly pem: string }) | undefined {
    const itself = this.#find(name)
    const found = itself ?? this.#find(`${name}-file`)
    if (!found) return undefined
    const value = asString(found.value)
    if (value === undefined) return this.#refuse(found, 'this must be a text')
    this.#tell(found, what)
    if (itself) return { ...found, pem: value }
    try {
      return { ...found, pem: readFileSync(resolve(this.#sources.cwd, value), 'utf8') }
    } catch (error) {
      const reason = error instanceof Error && 'code' in error ? String(error.code) : String(error)
      return this.#refuse(found, `the file ${value} can't be read (${reason})`, 'Check the path.')
    }
  }

  refuseKonnect(): void {
    for (const name of [
      'konnect-token',
      'konnect-token-file',
      'konnect-email',
      'konnect-control-plane-name',
    ]) {
      const found = this.#find(name)
      if (!found) continue
      const hint = 'Name a gateway with --kong-addr or DECK_KONG_ADDR, or go on using decK for Konnect.'
      this.#refuse(found, 'gatewatch does not sync Konnect control planes', hint)
      return
    }
  }

  refuseCookies(): void {
    const found = this.#find('kong-cookie-jar-path')
    if (found)
      this.#refuse(found, 'cookie jars are not read', 'Send the cookie itself: --headers "Cookie:…".')
  }
}

/** As `DECK_KONG_ADDR` for `kong-addr`. */
function variableOf(name: string): string {
  return `DECK_${name.toUpperCase().replaceAll('-', '_')}`
}

function isTrue(value: Json): boolean {
  return value === true || (typeof value === 'string' && /^(?:1|t|true)$/i.test(value))
}
