import {
  createPrivateKey,
  createPublicKey,
  type JsonWebKey,
  type KeyObject,
  X509Certificate,
} from 'node:crypto'
import { isObject, type Json } from '../../json.ts'
import type { Violation } from '../validate/violations.ts'

/** The certificate in PEM text (the first one), or undefined where OpenSSL cannot read it. */
export function readCertificate(pem: string): X509Certificate | undefined {
  try {
    return new X509Certificate(pem)
  } catch {
    return undefined
  }
}

function attempt(read: () => KeyObject): KeyObject | undefined {
  try {
    return read()
  } catch {
    return undefined
  }
}

/** The private key in PEM text. */
export const readPrivateKey = (pem: string): KeyObject | undefined => attempt(() => createPrivateKey(pem))

/** The key in PEM text, public or private, as a public key. */
export const readKey = (pem: string): KeyObject | undefined => attempt(() => createPublicKey(pem))

/** The key in a JSON Web Key. */
export const readJwk = (jwk: string): KeyObject | undefined =>
  attempt(() => {
    const key: JsonWebKey = JSON.parse(jwk)
    return createPublicKey({ key, format: 'jwk' })
  })

/** Two keys are the same where their public parts are. */
export function samePublicKey(a: KeyObject, b: KeyObject): boolean {
  const exported = (key: KeyObject) =>
    (key.type === 'private' ? createPublicKey(key) : key).export({ type: 'spki', format: 'pem' })
  return exported(a) === exported(b)
}

const reference = /^\{vault:\/\/.*\}$/s

/** What is wrong with a certificate, in Kong's words. OpenSSL's own code differs with what it stumbled over. */
export function certificateProblem(pem: string): string | undefined {
  if (reference.test(pem) || readCertificate(pem) !== undefined) return undefined
  return `invalid certificate: x509.new: ${decodingError(pem)}`
}

/** What is wrong with a private or public key. */
export function keyProblem(pem: string): string | undefined {
  if (reference.test(pem) || readPrivateKey(pem) !== undefined || readKey(pem) !== undefined) return undefined
  return 'invalid key: pkey.new:load_key: error:4800065:PEM routines:PEM_do_header:bad decrypt:crypto/pem/pem_lib.c:467:'
}

/** OpenSSL reads DER when there is no PEM: what it says then depends on the first two bytes, a tag and a length. */
function decodingError(text: string): string {
  const bytes = Buffer.from(text)
  const reason = bytes.length < 2 || (bytes[1] ?? 0) > bytes.length - 2 ? 'not enough data' : 'wrong tag'
  return reason === 'not enough data'
    ? 'error:680008E:asn1 encoding routines:asn1_d2i_read_bio:not enough data:crypto/asn1/a_d2i_fp.c:283:'
    : 'error:68000A8:asn1 encoding routines:asn1_check_tlen:wrong tag:crypto/asn1/tasn_dec.c:1194:'
}

/** The check of a pair of PEM keys: each must load, and both belong together. */
export function pemPairProblem(value: Json): Violation | undefined {
  if (!isObject(value)) return undefined
  const { public_key: publicPem, private_key: privatePem } = value
  const given = [publicPem, privatePem].filter(pem => typeof pem === 'string')
  if (given.some(pem => reference.test(pem))) return undefined
  const publicKey = typeof publicPem === 'string' ? readKey(publicPem) : undefined
  if (typeof publicPem === 'string' && publicKey === undefined) return 'could not load public key'
  const privateKey = typeof privatePem === 'string' ? readPrivateKey(privatePem) : undefined
  if (typeof privatePem === 'string' && privateKey === undefined) return 'could not load private key'
  if (publicKey === undefined || privateKey === undefined || samePublicKey(publicKey, privateKey))
    return undefined
  return 'public key does not match private key'
}
