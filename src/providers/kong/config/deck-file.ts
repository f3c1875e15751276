import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { isArray, isObject, type Json } from '../../../model/json.ts'
import { fail, type Problem, type Result, succeed } from '../../../model/problem.ts'
import { Lines, parseYaml } from '../../../yaml/index.ts'
import type { SettingsFile } from '../../config.ts'

/** The file that decK reads where none is named: `.deck.yaml` in the home folder; undefined where there is none. */
export async function homeDeckFile(home: string | undefined): Promise<Result<SettingsFile | undefined>> {
  if (!home) return succeed(undefined)
  for (const name of ['.deck.yaml', '.deck.yml', '.deck.json']) {
    const path = join(home, name)
    const text = await readFile(path, 'utf8').catch(() => undefined)
    if (text !== undefined) return deckFileOf(path, text)
  }
  return succeed(undefined)
}

/** Reads a settings file of decK's. */
export async function readDeckFile(path: string): Promise<Result<SettingsFile>> {
  try {
    return deckFileOf(path, await readFile(path, 'utf8'))
  } catch (error) {
    const detail = error instanceof Error ? error.message : String(error)
    return fail([{ code: 'config-unreadable', message: `${path} can't be read (${detail})` }])
  }
}

/** Whether a text is decK's settings and no fleet: it has none of the keys that a fleet needs. */
export function isDeckFile(text: string): boolean {
  const parsed = parseYaml(text, { placeAt: () => ({ file: '', line: 1, column: 1 }) })
  const value = parsed.ok ? parsed.value.value : undefined
  if (!isObject(value) || 'targets' in value || 'environments' in value) return false
  return Object.keys(value).some(name => deckNames.has(name.toLowerCase()))
}

/** The options of decK that its settings file and environment can hold too. */
const deckNames: ReadonlySet<string> = new Set([
  'analytics',
  'ca-cert',
  'ca-cert-file',
  'headers',
  'kong-addr',
  'kong-cookie-jar-path',
  'konnect-addr',
  'konnect-control-plane-name',
  'konnect-email',
  'konnect-password',
  'konnect-password-file',
  'konnect-token',
  'konnect-token-file',
  'no-color',
  'skip-workspace-crud',
  'timeout',
  'tls-client-cert',
  'tls-client-cert-file',
  'tls-client-key',
  'tls-client-key-file',
  'tls-server-name',
  'tls-skip-verify',
  'verbose',
])

function deckFileOf(path: string, text: string): Result<SettingsFile> {
  const lines = new Lines(path, text)
  const parsed = parseYaml(text, { placeAt: offset => lines.at(offset) })
  if (!parsed.ok) return parsed
  const document = parsed.value
  const content = document.value ?? {}
  if (!isObject(content)) {
    const hint = 'Write it as kong-addr: http://host:8001.'
    return fail([
      { code: 'config', message: "the file does not hold decK's settings", hint, place: lines.at(0) },
    ])
  }
  const names = new Map(Object.keys(content).map(name => [name.toLowerCase(), name]))
  const problems = Object.entries(content).flatMap(([name, value]): readonly Problem[] => {
    if (!deckNames.has(name.toLowerCase()) || !isObject(value)) return []
    const message = `"${name}" must be a text${name === 'headers' ? ' or a list of texts' : ''}, but is a mapping`
    return [{ code: 'config', message, place: document.place(content, name) }]
  })
  if (problems.length > 0) return fail(problems)
  return succeed({
    path,
    values: new Map(Object.entries(content).map(([name, value]) => [name.toLowerCase(), value])),
    place: name => document.place(content, names.get(name)),
  })
}

/** The texts of a list, or of one text with white space between them, as decK reads it. */
export function textsOf(value: Json): readonly string[] {
  if (isArray(value)) return value.map(item => (typeof item === 'string' ? item : JSON.stringify(item)))
  return typeof value === 'string' ? value.split(/\s+/).filter(item => item !== '') : []
}
