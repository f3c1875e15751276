import { readFileSync } from 'node:fs'
import { withAuthorization } from '../../../config/address.ts'
import { fail, type Place, type Problem, type Result, succeed } from '../../../model/problem.ts'
import type { Connection } from '../../session.ts'
import type { CredentialRef, KongConfig } from './kong-config.ts'

/** A target, and where it is configured. */
interface Named {
  readonly name: string
  readonly place: Place
  readonly protected: boolean
}

type Environment = Readonly<Record<string, string | undefined>>

/**
 * How to connect to a target, with the credentials taken from the environment and files.
 * Problems name the variable or file, never its value.
 */
export function connectionOf(target: Named, kong: KongConfig, env: Environment): Result<Connection> {
  const problems: Problem[] = []
  const values: [string, string][] = []
  for (const [name, ref] of Object.entries(kong.headers)) {
    const value = credential(ref, env)
    const what = `the header ${name}`
    if (!value.ok) problems.push(told(target, what, value.error))
    else if (/[\0-\x08\x0a-\x1f\x7f]/.test(value.value)) {
      const hint = 'Check that it is one line of text.'
      problems.push(
        told(target, what, { code: 'credential', message: 'its value has control characters', hint }),
      )
    } else values.push([name, value.value])
  }
  const authorities = kong.tls.verify ? pemOf(kong.tls.authorities) : succeed(false as const)
  if (!authorities.ok) problems.push(told(target, 'the certificate authorities', authorities.error))
  const identity = identityOf(kong.tls.identity)
  if (!identity.ok) problems.push(told(target, 'the client certificate', identity.error))
  const headers = withAuthorization(values, undefined)
  if (!headers.ok) problems.push({ ...headers.error, target: target.name, place: target.place })
  if (problems.length > 0 || !authorities.ok || !identity.ok || !headers.ok) return fail(problems)
  return succeed({
    target: target.name,
    address: kong.address,
    headers: headers.value,
    ...(kong.workspace === undefined ? {} : { workspace: kong.workspace }),
    timeoutMs: kong.timeoutMs,
    settle: kong.settleMs ?? (target.protected ? 'as told' : 0),
    ...(authorities.value === undefined ? {} : { authorities: authorities.value }),
    ...(identity.value === undefined ? {} : { identity: identity.value }),
    ...(kong.tls.serverName === undefined ? {} : { serverName: kong.tls.serverName }),
  })
}

function credential(ref: CredentialRef, env: Environment): Result<string, Problem> {
  if ('plain' in ref) return succeed(ref.plain)
  const prefix = ref.prefix ?? ''
  if ('file' in ref) {
    const text = textOf(ref.file)
    return text.ok ? succeed(prefix + text.value.trimEnd()) : text
  }
  const value = env[ref.env]
  if (value) return succeed(prefix + value)
  const message = `the environment variable ${ref.env} is not set`
  return fail({ code: 'credential', message, hint: `Set ${ref.env} and try again.` })
}

function pemOf(file: string | undefined): Result<string | undefined, Problem> {
  if (file === undefined) return succeed(undefined)
  const text = textOf(file)
  if (!text.ok || text.value.includes('-----BEGIN CERTIFICATE-----')) return text
  return fail({
    code: 'credential',
    message: `${file} holds no certificate in PEM form`,
    hint: 'Name a PEM file.',
  })
}

function identityOf(files: KongConfig['tls']['identity']): Result<Connection['identity'], Problem> {
  if (!files) return succeed(undefined)
  const certificate = pemOf(files.certificate)
  if (!certificate.ok) return certificate
  const key = textOf(files.key)
  if (!key.ok) return key
  return succeed({ certificate: certificate.value ?? '', key: key.value })
}

function textOf(file: string): Result<string, Problem> {
  try {
    return succeed(readFileSync(file, 'utf8'))
  } catch (error) {
    const reason = error instanceof Error && 'code' in error ? String(error.code) : String(error)
    return fail({
      code: 'credential',
      message: `the file ${file} can't be read (${reason})`,
      hint: 'Check the path.',
    })
  }
}

function told(target: Named, what: string, problem: Problem): Problem {
  return { ...problem, message: `${what}: ${problem.message}`, target: target.name, place: target.place }
}
