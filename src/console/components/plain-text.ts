import type { Line } from './line.ts'

/** Lines as text for a message. */
export function plainText(lines: readonly Line[]): string {
  return lines
    .map(line => line.map(part => (typeof part === 'string' ? part : part.text)).join(''))
    .join('\n')
}
