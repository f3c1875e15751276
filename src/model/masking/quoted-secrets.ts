/**
 * A sentence without the secrets that it may quote, for example from a gateway that refuses a value: literally, escaped
 * as in JSON or a URL, or in part, by line or truncated. A short secret is hidden only if it stands alone: it may be
 * part of other words by chance.
 */
export function withoutSecrets(sentence: string, secrets: readonly string[]): string {
  const written = new Set(secrets.flatMap(writtenForms))
  let shown = sentence
  for (const secret of [...written].toSorted((a, b) => b.length - a.length)) {
    if (secret.length >= shortSecret) shown = shown.replaceAll(secret, hidden)
    else if (secret !== '')
      shown = shown
        .split(/(\W+)/)
        .map(part => (part === secret ? hidden : part))
        .join('')
  }
  return withoutParts(shown, written)
}

const shortSecret = 4
const hidden = '••••'

/** Lines shorter than this mean nothing: `end`, `return`. */
const shortestLine = 8

/** The forms of a secret in a sentence. Lua's JSON escapes slashes. */
function writtenForms(secret: string): readonly string[] {
  const escaped = inJson(secret)
  const lines = secret.includes('\n') ? secret.split('\n').map(line => line.trim()) : []
  return [
    secret,
    escaped,
    escaped.replaceAll('/', '\\/'),
    inJson(escaped),
    encodeURIComponent(secret.toWellFormed()),
    ...lines.filter(line => line.length >= shortestLine),
  ]
}

function inJson(text: string): string {
  return JSON.stringify(text).slice(1, -1)
}

/** This many consecutive characters of a secret are no coincidence. */
const part = 12

/** Hides runs of characters that occur in a secret: gateways quote the beginning of a long value. */
function withoutParts(sentence: string, secrets: ReadonlySet<string>): string {
  const parts = new Set<string>()
  for (const secret of secrets)
    for (let i = 0; i + part <= secret.length; i += 1) parts.add(secret.slice(i, i + part))
  let shown = ''
  let at = 0
  for (let i = 0; i + part <= sentence.length; i += 1) {
    if (!parts.has(sentence.slice(i, i + part))) continue
    let end = i + 1
    while (parts.has(sentence.slice(end, end + part))) end += 1
    shown += sentence.slice(at, i) + hidden
    at = end - 1 + part
    i = at - 1
  }
  return shown + sentence.slice(at)
}
