import { safeLines, safeText } from './safe-text.ts'

/*
 * Texts from outside in the markup of reports: none is interpreted as markup, and none contains what a terminal that
 * shows the report would obey.
 */

/** Characters that XML 1.0 can't contain at all (https://www.w3.org/TR/xml/#charsets), other than escaped ones. */
const notXml = /[\ufffe\uffff]/g

/** A text of any number of lines as the content of an XML element; none of them begins a line of the document. */
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

/** A text as content of HTML, which is also well-formed XML, or as an attribute's value in quotes. */
export function htmlText(text: string): string {
  return xmlText(text).replaceAll('"', '&quot;').replaceAll("'", '&#39;')
}

/**
 * A text in Markdown (GitHub's, in a paragraph or a table cell) that is shown literally: neither Markdown nor HTML, and
 * never a link. Words that a site would turn into a link or a mention, such as `@team`, `#1` or `https://…`, are code,
 * in which it does not.
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

/** Characters with a meaning in Markdown, as references; for links, those by which readers recognise them. */
function neutral(text: string): string {
  return text
    .replace(/[\\`*_{}[\]()#+!|<>~@&]/g, numbered)
    .replaceAll('://', '&#58;//')
    .replace(/(www)\./gi, '$1&#46;')
}

function numbered(character: string): string {
  return `&#${character.codePointAt(0) ?? 0};`
}
