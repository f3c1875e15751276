import { isSecretMark } from '../../model/entity.ts'
import { asString, isObject } from '../../model/json.ts'
import { shownMark } from '../../model/masking/secret-marks.ts'
import type { Step } from '../../providers/session.ts'

/** One step as a curl command, without secrets and without credentials: for a person who wants to see or do it by hand. */
export function curlText(address: string, step: Step): string {
  const method = asString(step.payload.method) ?? 'GET'
  const path = asString(step.payload.path) ?? '/'
  const { body } = step.payload
  // What is made of the gateway's own state as it is sent can't be shown before.
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
