import { type Binding, bindingName, keyName } from '../keymap/bindings.ts'
import { verbs } from '../keymap/verbs.ts'
import { cellWidth, type Line, type Span, span } from './line.ts'

/**
 * The keys of a screen on one line, the most important first; those that can't act now are dimmed. What doesn't fit is
 * left out, except the key for help, which lists them all.
 */
export function keyBar(bindings: readonly Binding[], width: number): Line {
  const shown = bindings.filter(binding => binding.bar)
  const help = shown.find(binding => binding.verb === 'help')
  const helpWidth = help === undefined ? 0 : itemWidth(help)
  const line: Span[] = []
  let left = width - helpWidth
  for (const binding of shown) {
    if (binding === help) continue
    const cells = itemWidth(binding)
    if (cells > left) break
    left -= cells
    line.push(...item(binding))
  }
  return help === undefined ? line : [...line, ...item(help)]
}

function item(binding: Binding): readonly Span[] {
  const key = keyName(verbs[binding.verb].keys[0])
  const name = bindingName(binding)
  if (binding.disabled) return [span(` ${key} ${name} `, 'disabled')]
  return [span(' ', 'text'), span(key, 'key'), span(` ${name} `, 'text')]
}

function itemWidth(binding: Binding): number {
  return cellWidth(keyName(verbs[binding.verb].keys[0])) + cellWidth(bindingName(binding)) + 3
}
