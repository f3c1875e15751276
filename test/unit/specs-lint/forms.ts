/** How a defect can be written, beside where it stands in the clean document: where the part with the defect stands. */
export const FORMS = ['local $ref', 'external file', 'array item', 'anchor'] as const

export type Form = (typeof FORMS)[number]

/** A document in one form: its files by name. The mark `⟦` says where the finding must stand. */
export type Files = Readonly<Record<string, string>>

/** Aliases of the clean document written out, so that parts of it can stand in a file of their own. */
function withoutAliases(text: string): string {
  const headers = /headers: &headers\n((?: {8}.*\n)+)/.exec(text)?.[1] ?? ''
  const flow = headers.replaceAll('\n', ',').replace(/ +/g, ' ')
  return text
    .replace('headers: &headers', 'headers:')
    .replaceAll('*headers', `{${flow} }`)
    .replace("&problem\n          $ref: '#/components/responses/Problem'", '*problem')
    .replaceAll('*problem', "{ $ref: '#/components/responses/Problem' }")
}

/** A path item or a component: the line of its key and the lines of its value. */
interface Part {
  readonly before: string
  /** Its key with the indentation, as `    Order:`. */
  readonly key: string
  readonly value: readonly string[]
  readonly after: string
  readonly isSchema: boolean
}

const indentOf = (line: string): number => line.length - line.trimStart().length

/** The part that holds the mark: undefined where that is nothing which can stand elsewhere. */
function partOf(text: string): Part | undefined {
  const lines = text.split('\n')
  const marked = lines.findIndex(line => line.includes('⟦'))
  const chain: number[] = []
  for (let at = marked, indent = Number.POSITIVE_INFINITY; at >= 0; at -= 1) {
    const line = lines[at] ?? ''
    if (line.trim() === '' || indentOf(line) >= indent) continue
    indent = indentOf(line)
    chain.unshift(at)
  }
  const top = lines[chain[0] ?? 0]
  const from = top === 'paths:' ? chain[1] : top === 'components:' ? chain[2] : undefined
  if (from === undefined) return undefined
  const key = lines[from] ?? ''
  // The name of a path is the finding's matter there, and a value on the key's own line stays where it is.
  if (!key.endsWith(':') || (top === 'paths:' && from === marked)) return undefined
  let to = from + 1
  while (to < lines.length && (lines[to] === '' || indentOf(lines[to] ?? '') > indentOf(key))) to += 1
  return {
    before: lines.slice(0, from).join('\n'),
    key,
    value: lines.slice(from + 1, to).filter(line => line !== ''),
    after: lines.slice(to).join('\n'),
    isSchema: lines[chain[1] ?? 0]?.trim() === 'schemas:',
  }
}

function indented(lines: readonly string[], to: number): string {
  const own = Math.min(...lines.map(indentOf))
  return lines.map(line => `${' '.repeat(to)}${line.slice(own)}\n`).join('')
}

/** The document of a defect in a form; undefined where the defect can't be written so. */
export function written(defect: string, form: Form): Files | undefined {
  const part = partOf(withoutAliases(defect))
  if (!part) return undefined
  const { before, value, after, isSchema } = part
  const bare = part.key.replace('⟦', '')
  // A finding about the whole part stands where the part is written.
  const mark = part.key === bare ? '' : '⟦'
  switch (form) {
    case 'local $ref':
      return {
        'main.yaml': `${before}\n${bare}\n${' '.repeat(8)}$ref: '#/x-parts/here'\n${after}x-parts:\n  ${mark}here:\n${indented(value, 4)}`,
      }
    case 'external file': {
      const outer = (text: string): string => text.replaceAll("'#/", "'main.yaml#/")
      return {
        'main.yaml': `${before}\n${bare}\n${' '.repeat(8)}$ref: 'parts/part.yaml#/here'\n${after}`,
        'parts/part.yaml': outer(`${mark}here:\n${indented(value, 2)}`).replaceAll(
          "'main.yaml",
          "'../main.yaml",
        ),
      }
    }
    case 'array item':
      if (!isSchema) return undefined
      return {
        'main.yaml': `${before}\n${bare}\n      allOf:\n        - ${mark}${indented(value, 10).trimStart()}${after}`,
      }
    case 'anchor':
      return {
        // An anchor and its alias are one and the same: a finding about the whole is told of both.
        'main.yaml': `${before.replace(/^(?=(?:paths|components):)/m, `${mark}x-parts: &part\n${indented(value, 2)}`)}\n${part.key} *part\n${after}`,
      }
  }
}
