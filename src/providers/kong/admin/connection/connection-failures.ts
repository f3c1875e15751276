import type { Problem } from '../../../../model/problem.ts'
import { partProblem } from '../../../../model/problems/shared-faults.ts'
import type { Connection } from '../../../session.ts'
import { longestPauseMs, megabytes } from './answer-bounds.ts'
import type { NoAnswer } from './http-requests.ts'

/**
 * An answer that is a failure whatever was asked for: credentials that are refused, a gateway that asks to slow down or
 * fails, a redirect.
 */
export function refusal(
  connection: Connection,
  status: number,
  path: string,
  wait: number | undefined,
): Problem | undefined {
  const target = connection.target
  if (status === 401) {
    return {
      code: 'unauthorised',
      target,
      message: `${connection.address} refused the credentials (401)`,
      hint: 'Check the headers of this target, as Kong-Admin-Token.',
    }
  }
  if (status === 429) {
    return {
      code: 'throttled',
      target,
      message: `${connection.address} asks to slow down (429)`,
      hint: waitText(wait),
    }
  }
  if (fromBetween.has(status)) {
    return onPath(path, [`${connection.address} failed with ${status} on `], {
      code: 'gateway-unanswered',
      target,
      hint: 'Something between here and the gateway got no answer from it in time: look there, and at how busy it is.',
    })
  }
  if (status >= 500) {
    return onPath(path, [`${connection.address} failed with ${status} on `], {
      code: 'gateway-error',
      target,
      hint: "Look at the gateway's own log; its database may be gone.",
    })
  }
  if (status >= 300 && status < 400) {
    return {
      code: 'redirect',
      target,
      message: `${connection.address} answers with a redirect (${status})`,
      hint: 'Give the address of the Admin API itself.',
    }
  }
  return undefined
}

/**
 * Statuses that proxies answer with where what is behind them did not, and may still be at work: those of RFC 9110, and
 * Cloudflare's.
 */
const fromBetween: ReadonlySet<number> = new Set([502, 504, 520, 522, 524])

/** What to do where a gateway asks to slow down. */
function waitText(wait: number | undefined): string {
  if (wait === undefined) return 'Try again in a moment.'
  const asked = `It asks to wait ${Math.ceil(wait / 1000)} s`
  return wait > longestPauseMs
    ? `${asked}, and more than ${longestPauseMs / 1000} s are not waited for: try again then.`
    : `${asked}.`
}

/** The path of a request in words, without its query. */
export function pathText(path: string): string {
  return `/${path.replace(/^\/+/, '').split('?')[0]}`
}

/** A problem on one path, of a kind that a gateway has on many. */
function onPath(
  path: string,
  [before, after = '']: readonly [before: string, after?: string],
  problem: Omit<Problem, 'message' | 'fault'>,
): Problem {
  return partProblem({ before, part: pathText(path), after, parts: 'paths' }, problem)
}

/** An answer that is packed though that was not asked for. */
export function packed({ target, address }: Connection, path: string): Problem {
  return onPath(path, [`${address} packs its answer on `, ', which was not asked for'], {
    code: 'unreadable',
    target,
    hint: 'Switch compression off in what stands between here and the gateway.',
  })
}

/** An answer that is not parsed, for it would become too large. */
export function tooNested({ target, address }: Connection, path: string, excess: string): Problem {
  return onPath(path, [`the answer of ${address} on `, ` ${excess}, and was not read`], {
    code: 'unreadable',
    target,
    hint: 'Look at what answers there: an Admin API does not.',
  })
}

/** An answer that is no JSON. */
export function notJson(
  connection: Connection,
  path: string,
  type: string | undefined,
  body: string,
): Problem {
  const { target, address } = connection
  if (type?.includes('html') || /^\s*</.test(body)) {
    return {
      code: 'not-admin-api',
      target,
      message: `${address} answers with a web page, not with the Admin API's JSON`,
      hint: 'Check the address: Kong Manager and the proxy listen on other ports.',
    }
  }
  return onPath(path, [`${address} sent an answer that is not whole JSON on `], {
    code: 'broken-off',
    target,
    hint: 'Try again; if it stays, look at what stands between here and the gateway.',
  })
}

/** Why no answer came, in words. */
export function failure(connection: Connection, path: string, why: NoAnswer): Problem {
  const target = connection.target
  const at = connection.address
  if (why.code === 'timeout') {
    const within = ` within ${(why.afterMs ?? connection.timeoutMs) / 1000} s`
    if (why.begun) {
      const hint = 'Give it more time: --timeout, or timeout in gatewatch.yaml.'
      return onPath(path, [`${at} did not finish its answer on `, within], { code: 'timeout', target, hint })
    }
    return {
      code: 'timeout',
      target,
      message: `${at} did not answer${within}`,
      hint: 'Check that it runs and can be reached from here.',
    }
  }
  if (why.code === 'too-large') {
    const sent = `${at} sent more than ${megabytes(why.bytes ?? 0)} on `
    const hint = 'Look at what answers there: an Admin API sends 1,000 entities at a time.'
    return onPath(path, [sent, ', and the rest was not read'], { code: 'too-large', target, hint })
  }
  const { code } = why
  switch (code) {
    case 'ECONNREFUSED':
      return {
        code: 'refused',
        target,
        message: `${at} refused the connection`,
        hint: 'Check that the Admin API listens there.',
      }
    case 'ENOTFOUND':
    case 'EAI_AGAIN':
      return {
        code: 'unknown-host',
        target,
        message: `the host of ${at} is not known`,
        hint: 'Check the address.',
      }
    case 'EHOSTUNREACH':
    case 'ENETUNREACH':
      return {
        code: 'unreachable',
        target,
        message: `${at} can't be reached from here (${code})`,
        hint: 'Check the address, and the network on the way.',
      }
    case 'ERR_SSL_WRONG_VERSION_NUMBER':
    case 'ERR_SSL_PACKET_LENGTH_TOO_LONG':
      return {
        code: 'no-tls',
        target,
        message: `${at} does not speak TLS (${code})`,
        hint: 'Write http:// where the Admin API listens without TLS, or name the port that has it.',
      }
    case 'aborted':
      return { code: 'aborted', target, message: `the request to ${at} was stopped` }
    case 'ERR_INVALID_URL':
      return {
        code: 'bad-address',
        target,
        message: `${at} is no address`,
        hint: 'Write it as http://host:8001.',
      }
    case 'DEPTH_ZERO_SELF_SIGNED_CERT':
    case 'SELF_SIGNED_CERT_IN_CHAIN':
    case 'UNABLE_TO_VERIFY_LEAF_SIGNATURE':
    case 'UNABLE_TO_GET_ISSUER_CERT_LOCALLY':
    case 'CERT_HAS_EXPIRED':
    case 'ERR_TLS_CERT_ALTNAME_INVALID':
      return {
        code: 'untrusted',
        target,
        message: `the certificate of ${at} is not trusted (${code})`,
        hint:
          code === 'ERR_TLS_CERT_ALTNAME_INVALID'
            ? 'Say which name it has: --tls-server-name, or tls of the target in gatewatch.yaml.'
            : 'Name its authority: --ca-cert-file, or tls of the target in gatewatch.yaml.',
      }
    case 'ERR_SSL_TLSV13_ALERT_CERTIFICATE_REQUIRED':
    case 'ERR_SSL_SSLV3_ALERT_HANDSHAKE_FAILURE':
    case 'ERR_SSL_TLSV1_ALERT_UNKNOWN_CA':
      return {
        code: 'client-certificate',
        target,
        message: `${at} asks for a client certificate, or does not take ours (${code})`,
        hint: 'Name one with its key: --tls-client-cert-file and --tls-client-key-file.',
      }
    default:
      return onPath(path, [`the connection to ${at} broke off on `, ` (${code})`], {
        code: 'broken-off',
        target,
        hint: 'Try again; if it stays, look at what stands between here and the gateway.',
      })
  }
}
