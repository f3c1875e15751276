import { YAMLException } from 'js-yaml'

/** A mistake in YAML, in words for people. */
export interface SyntaxTrouble {
  readonly message: string
  readonly hint?: string
}

/** The parser's words that need a plainer sentence, by how they begin. */
const plainer: readonly (readonly [start: string, message: string, hint?: string])[] = [
  ['tab characters must not', 'a tab is used for indentation', 'Indent with spaces.'],
  [
    'bad indentation of a mapping',
    'this line is indented differently from the mapping that it belongs to',
    'Give the keys of one mapping the same indentation.',
  ],
  [
    'bad indentation of a sequence',
    'this line is indented differently from the list that it belongs to',
    'Give the items of one list the same indentation.',
  ],
  [
    'deficient indentation',
    'this line is not indented enough',
    'Indent it more than the key that it belongs to, and look for a quote above that is not closed.',
  ],
  [
    'can not read a block mapping entry',
    'a key does not end with a colon',
    'Write "key: value", or quote a text of several lines.',
  ],
  ["expected ':' after", 'a key is not followed by a colon', 'Write "key: value".'],
  ['a whitespace character is expected', 'a colon is not followed by a space', 'Write "key: value".'],
  ['missed comma', 'a comma is missing between the items of a list or mapping in brackets'],
  ["expected the node content, but found ','", 'a comma is where a value should be'],
  ['unexpected end of the stream within a flow', 'a bracket or brace is opened and never closed'],
  ['unexpected end of the stream within a single', 'a single quote is opened and never closed'],
  ['unexpected end of the stream within a double', 'a double quote is opened and never closed'],
  ['unexpected end of the document within', 'a quote is opened and never closed'],
  [
    'unknown escape sequence',
    'a double-quoted text has an unknown escape',
    'Write \\\\ for a backslash, or use single quotes.',
  ],
  ['expected hexadecimal', 'an escape in a double-quoted text lacks hexadecimal digits'],
  ['a line break is expected', 'text follows | or > on the same line', 'Begin the block on the next line.'],
  [
    'end of the stream or a document separator',
    'this line does not belong to what precedes it',
    'Check its indentation, and quotes and brackets above it.',
  ],
  ['null byte', 'the file holds a null byte', 'Save it as plain UTF-8 text.'],
  ['the stream contains non-printable', 'the file holds control characters', 'Save it as plain UTF-8 text.'],
  [
    'undeclared tag handle',
    'the file uses a tag that it does not declare',
    'Quote a value that begins with an exclamation mark.',
  ],
  [
    'tag name cannot',
    'a tag has characters that are not allowed in tags',
    'Quote a value that begins with an exclamation mark.',
  ],
  ['there is a previously declared suffix', 'a tag handle is declared twice'],
  ['unacceptable YAML version', 'the file asks for a version of YAML that does not exist'],
]

/** A parser's error without any of the file's own text, and its place. `maxDepth`: how deep a document may nest. */
export function syntaxTrouble(error: unknown, maxDepth: number): SyntaxTrouble & { readonly offset: number } {
  if (!(error instanceof YAMLException)) throw error
  const offset = error.mark?.position ?? 0
  if (error.reason.startsWith('nesting exceeded')) {
    const hint = 'No gateway configuration needs that: look for a mistake in a generator.'
    return { message: `the document nests deeper than ${maxDepth} levels`, hint, offset }
  }
  const found = plainer.find(([start]) => error.reason.startsWith(start))
  if (!found) return { message: error.reason.replace(/["'<].*["'>]/g, '…'), offset }
  const [, message, hint] = found
  return hint === undefined ? { message, offset } : { message, hint, offset }
}
