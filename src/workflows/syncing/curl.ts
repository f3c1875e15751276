import { isSecretMark } from '../../model/entity.ts'
import { asString, isObject } from '../../model/json.ts'
import { shownMark } from '../../model/masking/secret-marks.ts'
import type { Step } from '../../providers/session.ts'

/** One step as a curl command, without secrets or credentials: for a person who wants to see it or run it by hand. */
export function curlText(address: string, step: Step): string {
  const method = asString(step.payload.method) ?? 'GET'
  const path = asString(step.payload.path) ?? '/'
  const { body } = step.payload
  // Content that is derived from the gateway's state while sending can't be shown in advance.
  if (body === undefined) return `# ${step.preview}`
  const parts = [`curl -X ${method} ${quoted(`${address.replace(/\/+$/, '')}${path}`)}`]
  if (body !== null) {
    const shown = JSON.stringify(body, (_name, value: unknown) =>
      isObject(value) && isSecretMark(value) ? shownMark(value).replaceAll('••••', '<secret>') : value,
    )
    parts.push(`-H 'content-type: application/json'`, `-d ${quoted(shown)}`)
  }
  return parts.join(' ')
}

/** Quoted for a POSIX shell. */
function quoted(text: string): string {
  return `'${text.replaceAll("'", `'\\''`)}'`
}
