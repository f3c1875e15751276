import { createHash, pbkdf2Sync, randomBytes } from 'node:crypto'
import { idOf, isObject, type JsonObject, stringsOf, valueAt } from '../json.ts'
import { readAddress, showAddress } from '../schema/rules/addresses.ts'
import { readCertificate } from '../schema/rules/certificates.ts'
import type { Kind } from './kinds.ts'
import { fieldProblem, type Problem, stillTrusted } from './problems.ts'
import type { Row, Tables } from './table.ts'

/** The port of a target that names none. */
const targetPort = 8000

/** A target is kept with its port, an IPv6 address in full. */
function formatTarget(body: JsonObject): Problem | undefined {
  const { target } = body
  if (typeof target !== 'string') return undefined
  const address = readAddress(target)
  if (typeof address === 'string') {
    return fieldProblem('target', 'Invalid target; not a valid hostname or ip address')
  }
  body.target = showAddress(address, targetPort)
  return undefined
}

/** Names of a certificate must not be given twice, nor belong to another certificate. */
function checkNames(tables: Tables, body: JsonObject, row: Row | undefined): Problem | undefined {
  const names = stringsOf(body.snis)
  const twice = names.find((name, i) => names.indexOf(name) !== i)
  if (twice !== undefined) return fieldProblem('snis', `${twice} is duplicated`)
  for (const name of [...names].sort()) {
    const owner = idOf(tables.table('snis').find('name', name)?.entity.certificate)
    if (owner !== undefined && owner !== row?.id) {
      return fieldProblem('snis', `${name} already associated with existing certificate '${owner}'`)
    }
  }
  return undefined
}

/** A plugin must share a protocol with the route or with one of the routes that it is for. */
function checkProtocols(tables: Tables, body: JsonObject, row: Row | undefined): Problem | undefined {
  const { protocols, route, service } = { ...row?.entity, ...body }
  if (row !== undefined && !['protocols', 'route', 'service'].some(name => body[name] !== undefined))
    return undefined
  if (!Array.isArray(protocols)) return undefined
  const shares = (other: Row) =>
    stringsOf(other.entity.protocols).some(protocol => protocols.includes(protocol))
  const routes = tables.table('routes')
  const routeId = idOf(route)
  if (isObject(route)) {
    const found = routeId === undefined ? undefined : routes.get(routeId)
    if (found === undefined || shares(found)) return undefined
    return fieldProblem('protocols', "must match the associated route's protocols")
  }
  const serviceId = idOf(service)
  if (serviceId === undefined) return undefined
  const own = routes.pointingTo('service', serviceId)
  if (own.length === 0 || own.some(shares)) return undefined
  return fieldProblem(
    'protocols',
    "must match the protocols of at least one route pointing to this Plugin's service",
  )
}

/** What Kong does to the body of some kinds before it checks it; a problem ends the request. */
export function beforeStoring(
  tables: Tables,
  kind: Kind,
  body: JsonObject,
  row: Row | undefined,
): Problem | undefined {
  if (kind.name === 'targets' && row === undefined) return formatTarget(body)
  if (kind.name === 'certificates') return checkNames(tables, body, row)
  return kind.name === 'plugins' ? checkProtocols(tables, body, row) : undefined
}

/** Fields of which Kong makes another one, with what it needs for that. */
const madeTogether: ReadonlyMap<string, { readonly input: string; readonly needs: string }> = new Map([
  ['basicauth_credentials', { input: 'password', needs: 'consumer.id' }],
  ['oauth2_credentials', { input: 'hash_secret', needs: 'client_secret' }],
])

/**
 * What Kong has against a field that comes without what it is hashed with, or the other way round: `given` is what was
 * sent, `entity` what would come of it, `row` what an update changes.
 */
export function apartViolation(
  kind: Kind,
  given: JsonObject,
  entity: JsonObject,
  row: Row | undefined,
): string | undefined {
  const fields = madeTogether.get(kind.name)
  if (fields === undefined) return undefined
  const { input, needs } = fields
  const [inputPath, needsPath] = [input.split('.'), needs.split('.')]
  const isSet = (from: JsonObject, path: readonly string[]): boolean => {
    const value = valueAt(from, path)
    return value !== undefined && value !== null && value !== ''
  }
  const isChanged = row !== undefined && valueAt(given, needsPath) !== valueAt(row.entity, needsPath)
  if (!isChanged && !isSet(given, inputPath)) return undefined
  const looked = isChanged ? given : entity
  if (isSet(looked, inputPath) === isSet(looked, needsPath)) return undefined
  return `all or none of these fields must be set: '${input}', '${needs}'`
}

/** A CA certificate cannot go while a service trusts it. */
export function userOfAuthority(tables: Tables, id: string): Problem | undefined {
  for (const { id: service, entity } of tables.table('services').rows()) {
    if (stringsOf(entity.ca_certificates).includes(id)) return stillTrusted(id, 'services', service)
  }
  return undefined
}

/** A password as the gateway keeps it. */
export const hashedPassword = (password: string, consumerId: string): string =>
  createHash('sha1').update(password).update(consumerId).digest('hex')

/** A client secret as the gateway keeps it where it is asked to hash it. */
function hashedSecret(secret: string): string {
  const rounds = 10_000
  const salt = randomBytes(16)
  const hash = pbkdf2Sync(secret, salt, rounds, 32, 'sha512')
  const text = (bytes: Buffer) => bytes.toString('base64').replace(/=+$/, '')
  return `$pbkdf2-sha512$i=${rounds},l=32$${text(salt)}$${text(hash)}`
}

/** The entity as it is stored: some kinds keep another value than the one given. `body` is what was sent. */
export function transformed(kind: Kind, entity: JsonObject, body: JsonObject): JsonObject {
  if (kind.name === 'basicauth_credentials' && typeof body.password === 'string') {
    return { ...entity, password: hashedPassword(body.password, idOf(entity.consumer) ?? '') }
  }
  if (kind.name === 'ca_certificates' && typeof body.cert === 'string') {
    const digest = readCertificate(body.cert)?.fingerprint256.replaceAll(':', '').toLowerCase()
    return { ...entity, cert_digest: digest ?? null }
  }
  const { hash_secret: hashes, client_secret: secret } = entity
  if (
    kind.name === 'oauth2_credentials' &&
    hashes === true &&
    typeof secret === 'string' &&
    !secret.startsWith('$')
  ) {
    return { ...entity, client_secret: hashedSecret(secret) }
  }
  return entity
}
