import fc from 'fast-check'
import { renderToString, Text } from 'ink'
import { describe, expect, test, vi } from 'vitest'
import { appendChildNode, createNode, createTextNode } from '../../node_modules/ink/build/dom.js'
import squashTextNodes from '../../node_modules/ink/build/squash-text-nodes.js'
import stockWidestLine from '../../node_modules/widest-line/index.js'
import { drawLine } from '../../src/console/components/line.ts'
import Output from '../../src/console/terminal/ink-output.ts'
import squash from '../../src/console/terminal/ink-squash.ts'
import widestLine from '../../src/console/terminal/widest-line.ts'
import { chooseTheme } from '../../src/console/theme/themes.ts'

/** An element with texts, and with elements in it, as Ink makes them of `<Text>`. */
type Tree = { readonly shout: boolean; readonly parts: readonly (string | Tree)[] }

function element(tree: Tree, name: 'ink-text' | 'ink-virtual-text') {
  const node = createNode(name)
  if (tree.shout) node.internal_transform = (text, line) => `${line}:${text.toUpperCase()}`
  for (const part of tree.parts) {
    if (typeof part !== 'string') appendChildNode(node, element(part, 'ink-virtual-text'))
    else appendTo(node, part)
  }
  return node
}

function appendTo(node: ReturnType<typeof createNode>, text: string): void {
  const child = createTextNode(text)
  child.parentNode = node
  Reflect.apply(Array.prototype.push, node.childNodes, [child])
}

const text = fc.oneof(
  fc.string({ unit: 'binary', maxLength: 12 }),
  fc.constantFrom(
    'plain',
    'a\tb',
    'line\r\nline\nline',
    '\x1b[31mred\x1b[39m',
    '\x1b[2Jcleared',
    '\x9b31mC1\x9c',
    '\x1b]8;;https://a.example\x07link\x1b]8;;\x07',
    '日本語 👩‍💻',
    '',
  ),
)
const { tree } = fc.letrec<{ tree: Tree }>(tie => ({
  tree: fc.record({
    shout: fc.boolean(),
    parts: fc.array(fc.oneof({ depthSize: 'small' }, text, tie('tree')), { maxLength: 4 }),
  }),
}))

describe('modules that replace some of Ink’s', () => {
  test('render the same text for an element as Ink does, at first and from the cache', () => {
    fc.assert(
      fc.property(tree, fc.constantFrom('ink-text' as const, 'ink-virtual-text' as const), (made, name) => {
        const node = element(made, name)
        const expected = squashTextNodes(node)
        expect(squash(node)).toBe(expected)
        expect(squash(node)).toBe(expected)
      }),
      { numRuns: 1000 },
    )
  })

  test('render the same text as Ink for an element with one text', () => {
    fc.assert(
      fc.property(text, only => {
        const node = element({ shout: false, parts: [only] }, 'ink-text')
        const expected = squashTextNodes(node)
        expect(squash(node)).toBe(expected)
        expect(squash(node)).toBe(expected)
      }),
      { numRuns: 1000 },
    )
  })

  test('treat a drawn line as safe only if Ink would leave it unchanged', () => {
    const theme = chooseTheme('dark', { environment: {}, depth: 24 })
    if (!theme) throw new Error('there is no dark theme')
    fc.assert(
      fc.property(fc.array(text, { maxLength: 4 }), fc.integer({ min: 1, max: 40 }), (line, width) => {
        const drawn = drawLine(line, { width, theme, base: 'selection' })
        expect(squashTextNodes(element({ shout: false, parts: [drawn] }, 'ink-text'))).toBe(drawn)
      }),
      { numRuns: 1000 },
    )
  })

  test('find the same widest line as the original package', () => {
    fc.assert(
      fc.property(
        fc.array(text).map(lines => lines.join('\n')),
        lines => {
          expect(widestLine(lines)).toBe(stockWidestLine(lines))
        },
      ),
    )
  })

  test('are the ones that Ink uses in these tests, as in the bundle', () => {
    const put = vi.spyOn(Output.prototype, 'get')
    try {
      expect(renderToString(<Text>seen</Text>)).toBe('seen')
      expect(put).toHaveBeenCalled()
    } finally {
      put.mockRestore()
    }
  })
})
