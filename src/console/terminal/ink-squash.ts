import squashTextNodes from '../../../node_modules/ink/build/squash-text-nodes.js'

type TextNode = Parameters<typeof squashTextNodes>[0]

const memory = new Map<string, string>()
const memoryLimit = 8192

/**
 * The text of an element, made safe for layout; replaces Ink's own function in the bundle. Ink calls it twice a frame
 * and reads each character. Most elements hold one plain string: its result is cached.
 */
export default function squash(node: TextNode): string {
  const only = node.childNodes.length === 1 ? node.childNodes[0] : undefined
  if (only?.nodeName !== '#text' || only.nodeValue.includes('\t')) return squashTextNodes(node)
  const known = memory.get(only.nodeValue)
  if (known !== undefined) return known
  const text = squashTextNodes(node)
  remember(only.nodeValue, text)
  return text
}

/** Whether a text is what `squash` would produce: safe characters and colour sequences only, on one line. */
export function declareSafe(text: string): string {
  remember(text, text)
  return text
}

function remember(text: string, squashed: string): void {
  if (memory.size >= memoryLimit) memory.clear()
  memory.set(text, squashed)
}
