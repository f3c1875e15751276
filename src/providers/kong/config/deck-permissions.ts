import { dirname, resolve } from 'node:path'
import type { Permissions } from '../../../config/permissions-schema.ts'
import {
  type CredentialSource,
  FileNames,
  isLoopback,
  plainAddress,
  type Sending,
  writtenText,
} from '../../../config/sending.ts'
import { asString } from '../../../model/json.ts'
import type { GatewaySettings } from '../../config.ts'

/**
 * What one of decK's settings files asks for that was named by the command line, and may have come with a clone; null
 * where it names no address, so that what goes along goes where the user said, and where nothing needs to be allowed.
 *
 * @param cwd the folder that paths in it are relative to
 */
export function deckPermissions(
  { address, connection, found }: GatewaySettings,
  file: string,
  cwd: string,
): Permissions | null {
  const place = found.get('kong-addr')
  if (address === undefined || !place || !('inFile' in place) || !URL.canParse(address)) return null
  const names = new FileNames(cwd, dirname(file))
  const sourceOf = (name: string): CredentialSource | undefined => {
    const source = found.get(name)
    if (!source || !('inFile' in source)) return source
    const text = asString(source.inFile) ?? JSON.stringify(source.inFile)
    return name.endsWith('-file') ? { file: names.file(resolve(cwd, text)) } : writtenText(text)
  }
  const headers = sourceOf('headers')
  const certificate = sourceOf('tls-client-cert') ?? sourceOf('tls-client-cert-file')
  const key = sourceOf('tls-client-key') ?? sourceOf('tls-client-key-file')
  const sending: Sending = {
    address: plainAddress(address),
    headers: headers
      ? Object.keys(connection.headers ?? {})
          .map(name => ({ name: name.toLowerCase(), from: headers }))
          .sort((a, b) => (a.name < b.name ? -1 : 1))
      : [],
    ...(connection.identity && certificate && key ? { identity: { certificate, key } } : {}),
    ...(connection.serverName === undefined ? {} : { serverName: connection.serverName }),
    checksCertificate: connection.authorities !== false,
  }
  const isFree =
    isLoopback(address) && sending.headers.every(({ from }) => 'written' in from) && !sending.identity
  return isFree ? null : { sends: [sending], reads: [], functions: [] }
}
