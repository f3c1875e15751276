import { safeLines, safeText } from './safe-text.ts'

/*
 * Texts from outside in the markup of reports: none is taken for markup, and none holds what a terminal that shows the
 * report would obey.
 */

/** Characters that XML 1.0 can't hold at all (https://www.w3.org/TR/xml/#charsets), besides those written out. */
const notXml = /[\ufffe\uffff]/g

/** A text of any number of lines as the content of an element of XML; none of them begins a line of the document. */
export function xmlText(text: string): string {
  return safeLines(text, { tabs: true })
    .replace(notXml, '\ufffd')
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;')
    .replaceAll('\n', '&#10;')
}

/** A text as the value of an attribute of XML, in double quotes. */
export function xmlAttribute(text: string): string {
  return xmlText(text).replaceAll('"', '&quot;').replaceAll('\t', '&#9;')
}

/**
 * A text as content of HTML, which is well-formed XML too, or as an attribute's value in quotes.
 */
export function htmlText(text: string): string {
  return xmlText(text).replaceAll('"', '&quot;').replaceAll("'", '&#39;')
}

/**
 * A text in Markdown (GitHub's, in a paragraph or a table's cell) that stands as it is: neither Markdown nor HTML, and
 * never a link. Words that a site would make a link or a mention of, as `@team`, `#1` or `https://…`, stand as code,
 * in which it makes none.
 */
export function markdownText(text: string): string {
  return safeText(text)
    .split(/(\s+)/)
    .map(word => (/[@#]|:\/\/|www\./i.test(word) ? `<code>${neutral(word)}</code>` : neutral(word)))
    .join('')
}

/** The same as code. */
export function markdownCode(text: string): string {
  return `<code>${neutral(safeText(text))}</code>`
}

/** The message of a command of GitHub Actions (https://github.com/actions/toolkit, `command.ts`). */
export function githubMessage(text: string): string {
  return safeLines(text, { tabs: true }).replaceAll('%', '%25').replaceAll('\n', '%0A')
}

/** A property of a command of GitHub Actions. */
export function githubProperty(text: string): string {
  return githubMessage(text).replaceAll(':', '%3A').replaceAll(',', '%2C')
}

/** What has a meaning in Markdown, as references; of links, what readers know them by. */
function neutral(text: string): string {
  return text
    .replace(/[\\`*_{}[\]()#+!|<>~@&]/g, numbered)
    .replaceAll('://', '&#58;//')
    .replace(/(www)\./gi, '$1&#46;')
}

function numbered(character: string): string {
  return `&#${character.codePointAt(0) ?? 0};`
}
