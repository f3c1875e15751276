import type { X509Certificate } from 'node:crypto'
import { isObject, type JsonObject, parseJson } from '../../json.ts'
import type { EntityRule } from '../validate/checks.ts'
import { readCertificate, readJwk, readPrivateKey, samePublicKey } from './certificates.ts'
import { routerExpression } from './router-expression.ts'

const textOf = (entity: JsonObject, name: string): string => {
  const value = entity[name]
  return typeof value === 'string' ? value : ''
}

const pair =
  (cert: string, key: string, sentence: string): EntityRule =>
  entity => {
    const certificate = readCertificate(textOf(entity, cert))
    const privateKey = readPrivateKey(textOf(entity, key))
    if (certificate === undefined || privateKey === undefined) return undefined
    return samePublicKey(certificate.publicKey, privateKey) ? undefined : sentence
  }

const differentTypes: EntityRule = entity => {
  const first = readCertificate(textOf(entity, 'cert'))
  const second = readCertificate(textOf(entity, 'cert_alt'))
  if (first === undefined || second === undefined) return undefined
  if (first.publicKey.asymmetricKeyType !== second.publicKey.asymmetricKeyType) return undefined
  return (
    'certificate and alternative certificate need to have different type (e.g. RSA and ECDSA), ' +
    'the provided certificates were both of the same type'
  )
}

const begin = '-----BEGIN CERTIFICATE-----'

/** DER of the extension "basic constraints" (2.5.29.19). */
const basicConstraints = Buffer.from([0x06, 0x03, 0x55, 0x1d, 0x13])

const certificateAuthority: EntityRule = entity => {
  const pem = textOf(entity, 'cert')
  if (pem.split(begin).length > 2) return 'please submit only one certificate at a time'
  const certificate = readCertificate(pem)
  if (certificate === undefined) return undefined
  if (Date.parse(certificate.validTo) < Date.now())
    return 'certificate expired, "Not After" time is in the past'
  if (hasCaConstraint(certificate)) return undefined
  return 'certificate does not appear to be a CA because it is missing the "CA" basic constraint'
}

/** Kong asks for the extension with its flag as OpenSSL reads it. */
function hasCaConstraint(certificate: X509Certificate): boolean {
  return certificate.ca || certificate.raw.includes(basicConstraints)
}

const jsonWebKey: EntityRule = entity => {
  const jwk = entity.jwk
  if (typeof jwk !== 'string') return undefined
  const parsed = parseJson(jwk)
  if (parsed === undefined || !isObject(parsed)) return 'could not json decode jwk string'
  if (parsed.kid !== entity.kid) return 'kid in jwk.kid must be equal to keys.kid'
  return readJwk(jwk) === undefined ? 'could not load JWK, likely not a valid key' : undefined
}

const awsProxy: EntityRule = entity => {
  const config = entity.config
  const url = isObject(config) ? config.proxy_url : undefined
  const scheme = typeof url === 'string' ? /^([^:]+):\/\//.exec(url)?.[1] : undefined
  return scheme === undefined || scheme === 'http' ? undefined : 'proxy_url scheme must be http'
}

/** Checks over an entity that Kong makes by a function, by the place of the schema and the fields they look at. */
const rules: ReadonlyMap<string, EntityRule> = new Map<string, EntityRule>([
  ['certificates: cert, key', pair('cert', 'key', 'certificate does not match key')],
  [
    'certificates: cert_alt, key_alt',
    pair('cert_alt', 'key_alt', 'alternative certificate does not match key'),
  ],
  ['certificates: cert, cert_alt', differentTypes],
  ['ca_certificates: cert', certificateAuthority],
  ['keys: jwk, pem, kid', jsonWebKey],
  ['plugins/aws-lambda: config.proxy_url', awsProxy],
  [
    'routes: id, protocols, snis, sources, destinations, methods, hosts, paths, headers, expression, regex_priority, priority',
    routerExpression,
  ],
  ['filter_chains: filters', () => 'wasm support is not enabled'],
])

/** The rule of a custom check. */
export const entityRule = (place: string, sources: readonly string[]): EntityRule | undefined =>
  rules.get(`${place}: ${sources.join(', ')}`)
