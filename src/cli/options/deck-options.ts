import { type Command, InvalidArgumentError, Option } from 'commander'
import { isEmptyTag } from '../../model/tag.ts'
import type { SettingSources } from '../../providers/config.ts'

/** decK's options for connecting to --kong-addr. */
export interface DeckOptions {
  readonly kongAddr?: string
  readonly headers: readonly string[]
  readonly timeout?: number
  readonly tlsSkipVerify?: true
  readonly tlsServerName?: string
  readonly caCert?: string
  readonly caCertFile?: string
  readonly tlsClientCert?: string
  readonly tlsClientCertFile?: string
  readonly tlsClientKey?: string
  readonly tlsClientKeyFile?: string
}

/** Adds the options for trusting a gateway at --kong-addr. Certificates and keys are better kept in files. */
export function withTlsOptions(command: Command): Command {
  return command
    .option('--ca-cert-file <file>', 'a PEM file with the certificate authority of --kong-addr')
    .option('--tls-server-name <name>', 'the name that its certificate must have')
    .option('--tls-skip-verify', 'do not check its certificate')
    .option('--tls-client-cert-file <file>', 'a PEM file with the client certificate')
    .option('--tls-client-key-file <file>', 'a PEM file with the key of that certificate')
    .addOption(new Option('--ca-cert <pem>', 'the certificate authority itself').hideHelp())
    .addOption(new Option('--tls-client-cert <pem>', 'the certificate itself').hideHelp())
    .addOption(new Option('--tls-client-key <pem>', 'the key itself').hideHelp())
}

/** The flags by decK's names. */
export function deckFlags(options: DeckOptions): SettingSources['flags'] {
  return {
    'kong-addr': options.kongAddr,
    ...(options.headers.length === 0 ? {} : { headers: options.headers }),
    timeout: options.timeout,
    'tls-skip-verify': options.tlsSkipVerify,
    'tls-server-name': options.tlsServerName,
    'ca-cert': options.caCert,
    'ca-cert-file': options.caCertFile,
    'tls-client-cert': options.tlsClientCert,
    'tls-client-cert-file': options.tlsClientCertFile,
    'tls-client-key': options.tlsClientKey,
    'tls-client-key-file': options.tlsClientKeyFile,
  }
}

/**
 * Collects tags from a repeatable option, or several at once separated by commas, as decK accepts them. Refuses an
 * empty one: a command meant for a part of a gateway would act on all of it.
 */
export function collectTags(value: string, before: readonly string[]): readonly string[] {
  const tags = value.split(',')
  if (tags.some(isEmptyTag))
    throw new InvalidArgumentError('It names an empty tag; check that the variable it comes from is set.')
  return [...before, ...tags]
}

/** Collects tags that are given one by one; an empty one is refused. */
export function collectTag(value: string, before: readonly string[] = []): readonly string[] {
  if (isEmptyTag(value)) {
    throw new InvalidArgumentError('A tag must not be empty; check that the variable it comes from is set.')
  }
  return [...before, value]
}

/** The same for headers; a comma within a value does not end it. */
export function collectHeaders(value: string, before: readonly string[]): readonly string[] {
  return [...before, ...value.split(/,(?=\s*[!#$%&'*+.^_`|~A-Za-z0-9-]+:)/)]
}
