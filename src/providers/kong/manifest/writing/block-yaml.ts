import { dump } from 'js-yaml'
import { isArray, isObject, type Json, type JsonObject } from '../../../../model/json.ts'
import { quotedText } from '../../../../yaml/write.ts'

/** Texts that every reader of YAML takes for texts without quotes. */
const plain = /^[A-Za-z_/](?:[A-Za-z0-9_/.:-]*[A-Za-z0-9_/.-])?$/
/** Words that readers of YAML 1.1 take for something else: https://yaml.org/type/bool.html */
const words = /^(?:y|n|yes|no|on|off|true|false|null)$/i

/**
 * A mapping as YAML in blocks, as js-yaml lays it out. Most texts of a manifest need no quotes, which is seen at once;
 * js-yaml tries each in several styles, and decides on the rest. `instead` gives the form of a text that is to have
 * another one.
 */
export function blockYaml(value: JsonObject, instead: (text: string) => string | undefined): string {
  const lines: string[] = []
  const isPlain = (text: string): boolean => plain.test(text) && !words.test(text)
  const text = (value: string, column: number): string =>
    instead(value) ?? (isPlain(value) ? value : asJsYaml(value, column))
  const inline = (value: Json, column: number): string =>
    typeof value === 'string'
      ? text(value, column)
      : isArray(value)
        ? '[]'
        : isObject(value)
          ? '{}'
          : JSON.stringify(value)
  const isBlock = (value: Json): boolean =>
    isArray(value) ? value.length > 0 : isObject(value) && Object.keys(value).length > 0
  /** Writes a block; its first line goes on where `head` ends, which stands for the column. */
  const write = (value: Json, column: number, head: string): void => {
    let start = head
    const rest = ' '.repeat(column)
    if (isArray(value)) {
      for (const item of value) {
        if (isBlock(item)) write(item, column + 2, `${start}- `)
        else lines.push(`${start}- ${inline(item, column)}`)
        start = rest
      }
      return
    }
    if (!isObject(value)) return
    for (const [name, item] of Object.entries(value)) {
      const key = `${start}${instead(name) ?? (isPlain(name) ? name : nameAsJsYaml(name))}:`
      if (isBlock(item)) {
        lines.push(key)
        write(item, column + 2, ' '.repeat(column + 2))
      } else lines.push(`${key} ${inline(item, column)}`)
      start = rest
    }
  }
  if (isBlock(value)) write(value, 0, '')
  else lines.push(inline(value, 0))
  return `${lines.join('\n')}\n`
}

/** A text in the form that js-yaml chooses; further lines of it stand to the right of the column of its key. */
function asJsYaml(text: string, column: number): string {
  const written = dump({ k: text }, { lineWidth: -1 })
  // A block that keeps empty lines at its end would have to be the last of the document.
  if (written.endsWith('...\n')) return quotedText(text)
  const [first = '', ...more] = written.slice('k: '.length, -1).split('\n')
  return [first, ...more.map(line => (line === '' ? '' : ' '.repeat(column) + line))].join('\n')
}

/** A name in the form that js-yaml chooses, or in JSON's, which is YAML too, where that takes several lines. */
function nameAsJsYaml(name: string): string {
  const line = dump({ [name]: 0 }, { lineWidth: -1 })
  return line.indexOf('\n') === line.length - 1 && line.endsWith(': 0\n')
    ? line.slice(0, -4)
    : JSON.stringify(name)
}
