import stringWidth from './width.ts'

/** The width of the widest line of a text; in the place of the widest-line package in the bundle. */
export default function widestLine(text: string): number {
  if (!text.includes('\n')) return stringWidth(text)
  return Math.max(...text.split('\n').map(line => stringWidth(line)))
}
