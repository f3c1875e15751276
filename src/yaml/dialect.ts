import type { Json } from '../model/json.ts'
import type { ProblemCode } from '../model/problems/problem-code.ts'
import { plainValue, type ScalarTrouble, taggedValue } from './scalars.ts'
import { type SyntaxTrouble, syntaxTrouble } from './syntax.ts'

/** The messages for mistakes. */
export interface Trouble extends SyntaxTrouble {
  readonly code: ProblemCode
}

/** What YAML leaves to its readers: which words are values, what a merge key does, how much a text may hold. */
export interface Dialect {
  /** The value of a scalar; `tag` as written, such as `!!int`. */
  scalar(text: string, tag: string | undefined, plain: boolean): Json | ScalarTrouble
  /** `values`: a key is the value of its scalar, and must have one; `texts`: it is the text as written. */
  readonly keys: 'values' | 'texts'
  /**
   * Where a merge key inserts a field: `in place`, over what precedes it, as decK does; `beneath` everything that the
   * mapping itself has, as in https://yaml.org/type/merge.html.
   */
  readonly merge: 'in place' | 'beneath'
  /** Whether another document is a problem, or skipped. */
  readonly documents: 'one' | 'first'
  /** Whether to keep where values are and how they were written, in addition to their keys. */
  readonly keepsValues: boolean
  readonly limits: YamlLimits
  readonly words: Words
}

/** Bounds that end hostile texts. */
export interface YamlLimits {
  /** How deep a text, or the target of an alias, may nest. */
  readonly depth: number
  /** How deep values may nest with their aliases followed. */
  readonly height: number
  /** How many values aliases and merges may expand to in total. */
  readonly aliased: number
  /** How many values a document may hold with its aliases followed. */
  readonly values: number
  readonly mergedKeys: number
}

/** The messages for mistakes; none of them contains a value of the text. */
export interface Words {
  /** A text that isn't YAML, with the offset of the mistake. */
  syntax(error: unknown): Trouble & { readonly offset: number }
  keyTwice(name: string, firstLine: number): Trouble
  readonly documents: Trouble
  /** A key that is a list or a mapping. */
  readonly keyOfMany: Trouble
  readonly emptyKey: Trouble
  readonly otherKey: Trouble
  readonly mergeOfOther: Trouble
  /** Where a wrong alias is reported: at its star, or at the name after it. */
  readonly aliasAt: 'star' | 'name'
  noAnchor(name: string): Trouble
  aliasInside(name: string): Trouble
  readonly aliased: Trouble
  readonly aliasedDepth: Trouble
  readonly values: Trouble
  readonly depth: Trouble
  readonly mergedKeys: Trouble
}

const maxAliased = 2_000_000
const maxDepth = 100
const plainKey = 'Use a plain text as the key.'
const tooDeep: Trouble = {
  code: 'yaml-syntax',
  message: `aliases make the document nest deeper than ${maxDepth} levels`,
}
const tooMany: Trouble = {
  code: 'yaml-alias',
  message: 'aliases make the document grow beyond all bounds',
  hint: `Together they may stand for at most ${maxAliased} values.`,
}

/**
 * Manifests, and gatewatch's own files: YAML 1.1's words, and merge keys in place, as decK reads them. Unlike in decK,
 * duplicate keys and further documents are problems.
 */
export const deckDialect: Dialect = {
  scalar: (text, tag, plain) => (tag === undefined ? plainValue(text) : taggedValue(tag, text, plain)),
  keys: 'values',
  merge: 'in place',
  documents: 'one',
  keepsValues: false,
  limits: {
    depth: maxDepth,
    height: Number.POSITIVE_INFINITY,
    aliased: maxAliased,
    values: Number.POSITIVE_INFINITY,
    mergedKeys: Number.POSITIVE_INFINITY,
  },
  words: {
    syntax: error => ({ code: 'yaml-syntax', ...syntaxTrouble(error, maxDepth) }),
    keyTwice: (_name, firstLine) => ({
      code: 'duplicate-key',
      message: `this key is in the mapping twice, first on line ${firstLine}`,
      hint: 'Keep one of them: decK would silently use the last one.',
    }),
    documents: {
      code: 'yaml-documents',
      message: 'the file holds more than one YAML document',
      hint: 'Move the second document to a file of its own: decK would silently skip it.',
    },
    keyOfMany: {
      code: 'yaml-key',
      message: 'a key is a list or a mapping',
      hint: plainKey,
    },
    emptyKey: { code: 'yaml-key', message: 'a key is empty', hint: plainKey },
    otherKey: { code: 'yaml-key', message: 'a key isn’t plain text', hint: plainKey },
    mergeOfOther: {
      code: 'yaml-merge',
      message: 'a merge key refers to something other than a mapping',
      hint: 'Let it refer to a mapping, as in <<: *defaults.',
    },
    aliasAt: 'star',
    noAnchor: () => ({
      code: 'yaml-alias',
      message: 'an alias names an anchor that is not defined before it',
      hint: 'Define it with & above, or quote a value that begins with a star.',
    }),
    aliasInside: () => ({ code: 'yaml-alias', message: 'an alias is inside the node that it refers to' }),
    aliased: tooMany,
    aliasedDepth: tooDeep,
    values: tooMany,
    depth: tooDeep,
    mergedKeys: tooMany,
  },
}
