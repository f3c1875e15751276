/**
 * A sentence without the secrets that it may quote, as that of a gateway which refuses a value: as they are, as JSON or a
 * URL writes them, and in part, line by line or broken off. A short one is hidden only where it stands alone: it is part of
 * other words by chance.
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

/** Lines shorter than this say nothing: `end`, `return`. */
const shortestLine = 8

/** How a secret stands in a sentence. Lua's JSON escapes slashes. */
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

/** As many characters in a row that are a secret's are no chance. */
const part = 12

/** Hides runs of characters that stand so in a secret: gateways quote the beginning of a long value. */
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
