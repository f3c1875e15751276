import squashTextNodes from '../../../node_modules/ink/build/squash-text-nodes.js'

type TextNode = Parameters<typeof squashTextNodes>[0]

const memory = new Map<string, string>()
const memoryLimit = 4096

/**
 * The text of an element, made safe for layout; in the place of Ink's own function in the bundle. Ink asks for it
 * twice a frame and reads each character. Most elements hold one plain string: what came of it is remembered.
 */
export default function squash(node: TextNode): string {
  const only = node.childNodes.length === 1 ? node.childNodes[0] : undefined
  if (only?.nodeName !== '#text' || only.nodeValue.includes('\t')) return squashTextNodes(node)
  const known = memory.get(only.nodeValue)
  if (known !== undefined) return known
  const text = squashTextNodes(node)
  if (memory.size >= memoryLimit) memory.clear()
  memory.set(only.nodeValue, text)
  return text
}
