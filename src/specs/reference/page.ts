import { htmlText } from '../../model/safe-markup.ts'
import type { ApiReference, ReferenceBody, ReferenceOperation, ReferenceRow } from './read-reference.ts'

const STYLE = `
:root { color-scheme: light dark; --line: color-mix(in srgb, currentColor 20%, transparent) }
body { margin: 0 auto; max-width: 72rem; padding: 1rem 1.5rem; font: 16px/1.5 system-ui, sans-serif }
h1, h2, h3 { line-height: 1.2 }
article { border-top: 1px solid var(--line); padding: .5rem 0 1.5rem }
code, pre { font-family: ui-monospace, monospace; font-size: .9em }
pre { background: color-mix(in srgb, currentColor 7%, transparent); padding: .75rem; overflow-x: auto }
table { border-collapse: collapse; width: 100% }
th, td { border-bottom: 1px solid var(--line); padding: .3rem .6rem .3rem 0; text-align: left; vertical-align: top }
.method { font-weight: 700; margin-right: .5rem }
.deprecated { text-decoration: line-through }
nav ul { columns: 3 18rem; padding-left: 1rem }
`

/** A reference as one HTML page (HTML Living Standard, well-formed XML too) without scripts, that loads nothing. */
export function referencePage(reference: ApiReference): string {
  const { title, version, description, servers, groups } = reference
  return `<!DOCTYPE html>
<html lang="en">
<head>
<meta charset="utf-8"/>
<meta name="viewport" content="width=device-width, initial-scale=1"/>
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'"/>
<title>${htmlText(title)}</title>
<style>${STYLE}</style>
</head>
<body>
<header>
<h1>${htmlText(title)} ${version === '' ? '' : `<small>${htmlText(version)}</small>`}</h1>
${paragraphs(description)}
${servers.length === 0 ? '' : `<p>Served at ${servers.map(url => `<code>${htmlText(url)}</code>`).join(', ')}</p>`}
</header>
<nav><ul>
${groups
  .flatMap(group => group.operations)
  .map(each => `<li><a href="#${anchor(each)}">${heading(each)}</a></li>`)
  .join('\n')}
</ul></nav>
<main>
${groups.map(group => section(group.name, group.description, group.operations)).join('\n')}
</main>
</body>
</html>
`
}

function section(name: string, description: string, operations: readonly ReferenceOperation[]): string {
  const head = name === '' ? '' : `<h2>${htmlText(name)}</h2>${paragraphs(description)}`
  return `<section>\n${head}\n${operations.map(article).join('\n')}\n</section>`
}

function article(operation: ReferenceOperation): string {
  const { summary, description, deprecated, security, parameters, body, responses } = operation
  const access = security.map(way => (way === '' ? 'nothing' : way)).join(', or ')
  return `<article id="${anchor(operation)}">
<h3>${heading(operation)}</h3>
${paragraphs(summary)}
${deprecated ? '<p><strong>Deprecated.</strong></p>' : ''}
${description === summary ? '' : paragraphs(description)}
${access === '' ? '' : `<p>Asks for ${htmlText(access)}.</p>`}
${parameters.length === 0 ? '' : `<h4>Parameters</h4>${table(parameters)}`}
${body.length === 0 ? '' : `<h4>Request</h4>${body.map(bodyText).join('\n')}`}
${responses
  .map(
    each =>
      `<h4>${htmlText(each.code)}</h4>${paragraphs(each.description)}${each.bodies.map(bodyText).join('\n')}`,
  )
  .join('\n')}
</article>`
}

function heading({ method, path, deprecated }: ReferenceOperation): string {
  return `<span class="method">${htmlText(method)}</span><code${deprecated ? ' class="deprecated"' : ''}>${htmlText(path)}</code>`
}

function bodyText({ type, rows, example }: ReferenceBody): string {
  return `<p><code>${htmlText(type)}</code></p>${rows.length === 0 ? '' : table(rows)}${example === '' ? '' : `<pre>${htmlText(example)}</pre>`}`
}

function table(rows: readonly ReferenceRow[]): string {
  return `<table>
${rows
  .map(
    ({ name, where, type, required, description }) =>
      `<tr><td><code>${htmlText(name)}</code>${required ? ' required' : ''}</td><td>${htmlText([where, type].filter(part => part !== '').join(', '))}</td><td>${htmlText(description)}</td></tr>`,
  )
  .join('\n')}
</table>`
}

/** Markdown is shown as it is written, in its paragraphs. */
function paragraphs(text: string): string {
  return text
    .split(/\n\s*\n/)
    .filter(part => part.trim() !== '')
    .map(part => `<p>${htmlText(part.trim())}</p>`)
    .join('\n')
}

/** The id of an operation, which stays as long as its method and path do. */
function anchor({ method, path }: ReferenceOperation): string {
  const letters = path.replace(/[^A-Za-z0-9_-]/g, character => `.${character.charCodeAt(0).toString(16)}`)
  return `${method.toLowerCase()}-${letters}`
}
