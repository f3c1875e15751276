import { resolve } from 'node:path'
import type * as z from 'zod'
import {
  type FileNames,
  inOrder,
  isLoopback,
  type PermittedHeader,
  plainAddress,
  type Sending,
  writtenText,
} from '../../../config/sending.ts'
import { yamlScalar } from '../../../yaml/index.ts'
import type { TargetConfig } from '../../config.ts'
import { connectionOf } from './connection.ts'
import { homeDeckFile, isDeckFile, readDeckFile } from './deck-file.ts'
import { deckPermissions } from './deck-permissions.ts'
import { deckAddress, deckSettings } from './deck-settings.ts'
import type { CredentialRef, KongConfig } from './kong-config.ts'
import { targetSchema } from './target-schema.ts'

/** How Kong gateways are configured: by their Admin API, or as decK is told of them. */
export const config: TargetConfig = {
  description: 'A Kong gateway.',
  schema: targetSchema,
  read(given, folder) {
    const kong = kongConfigOf(targetSchema.parse(given), folder)
    return {
      address: kong.address,
      checksCertificate: kong.tls.verify,
      isFree: isFree(kong),
      sending: files => sendingOf(kong, files),
      connection: (target, env) => connectionOf(target, kong, env),
    }
  },
  starter: (address, authorization) => [
    `address: ${yamlScalar(address)}`,
    '# Credentials are named, never written here:',
    ...(authorization === undefined
      ? ['# headers:', '#   Kong-Admin-Token: { env: KONG_ADMIN_TOKEN }']
      : ['headers:', `  Authorization: { env: ${authorization} }`]),
  ],
  outside: {
    isFile: isDeckFile,
    readFile: readDeckFile,
    homeFile: homeDeckFile,
    settings: deckSettings,
    address: deckAddress,
    permissions: deckPermissions,
  },
}

const defaultTimeoutMs = 10_000

/** What the file says of a gateway, with what it leaves out; paths are absolute. */
export function kongConfigOf(given: z.infer<typeof targetSchema>, folder: string): KongConfig {
  const { address, headers = {}, workspace, timeout, settle, tls = {} } = given
  return {
    address: address.replace(/\/+$/, ''),
    headers: Object.fromEntries(
      Object.entries(headers).map(([key, value]) => [key, credentialOf(value, folder)]),
    ),
    ...(workspace === undefined ? {} : { workspace }),
    timeoutMs: timeout === undefined ? defaultTimeoutMs : millisecondsOf(timeout),
    ...(settle === undefined ? {} : { settleMs: millisecondsOf(settle) }),
    tls: {
      verify: tls.verify ?? true,
      ...(tls.authorities === undefined ? {} : { authorities: resolve(folder, tls.authorities) }),
      ...(tls.server_name === undefined ? {} : { serverName: tls.server_name }),
      ...(tls.certificate === undefined || tls.key === undefined
        ? {}
        : {
            identity: { certificate: resolve(folder, tls.certificate), key: resolve(folder, tls.key) },
          }),
    },
  }
}

type Header = NonNullable<z.infer<typeof targetSchema>['headers']>[string]

function credentialOf(value: Header, folder: string): CredentialRef {
  if (typeof value === 'string') return { plain: value }
  const prefix = value.prefix === undefined ? {} : { prefix: value.prefix }
  return 'env' in value ? { env: value.env, ...prefix } : { file: resolve(folder, value.file), ...prefix }
}

function millisecondsOf(duration: string): number {
  const [, count = '0', unit = 'ms'] = /^(\d+)(ms|s|m)$/.exec(duration) ?? []
  return Number(count) * (unit === 'm' ? 60_000 : unit === 's' ? 1000 : 1)
}

/** Whether a connection needs nobody's trust: this machine is asked, and no credential goes along. */
function isFree({ address, headers, tls }: KongConfig): boolean {
  const plain = Object.values(headers).every(value => 'plain' in value)
  return isLoopback(address) && plain && tls.identity === undefined
}

function sendingOf({ address, headers, tls }: KongConfig, named: FileNames): Sending {
  return {
    address: plainAddress(address),
    headers: inOrder(
      Object.entries(headers).map(([name, value]) => headerOf(name.toLowerCase(), value, named)),
    ),
    ...(tls.identity === undefined
      ? {}
      : {
          identity: {
            certificate: { file: named.file(tls.identity.certificate) },
            key: { file: named.file(tls.identity.key) },
          },
        }),
    ...(tls.authorities === undefined || !tls.verify
      ? {}
      : { authorities: named.withContent(tls.authorities) }),
    ...(tls.serverName === undefined ? {} : { serverName: tls.serverName }),
    checksCertificate: tls.verify,
  }
}

function headerOf(name: string, value: CredentialRef, named: FileNames): PermittedHeader {
  if ('plain' in value) return { name, from: writtenText(value.plain) }
  const prefix = value.prefix === undefined ? {} : { prefix: value.prefix }
  const from = 'env' in value ? { env: value.env } : { file: named.file(value.file) }
  return { name, ...prefix, from }
}
