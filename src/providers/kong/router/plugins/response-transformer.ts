import { utf8Bytes } from '../regex/byte-string.ts'
import type { PluginModel } from '../requests/exchange.ts'

/** Splits `name:value` as the transformers do: at the first run of colons. */
export function splitPair(entry: string): { readonly name: string; readonly value: string } {
  const pair = /^([^:]+):*(.*)$/s.exec(entry)
  return { name: pair?.[1] ?? '', value: utf8Bytes(pair?.[2] ?? '') }
}

/** Changes headers of responses. Changes to JSON bodies are not modelled. */
export const responseTransformer: PluginModel = {
  respond(config, edits, _view, exchange) {
    for (const entry of config.texts('remove.headers'))
      edits.push({ edit: 'remove', name: splitPair(entry).name })
    for (const entry of config.texts('rename.headers')) {
      const { name, value } = splitPair(entry)
      if (value !== '') edits.push({ edit: 'rename', name, to: value })
    }
    for (const edit of ['replace', 'add', 'append'] as const) {
      for (const entry of config.texts(`${edit}.headers`)) {
        const pair = splitPair(entry)
        if (pair.value !== '') edits.push({ edit, ...pair })
      }
    }
    const changesBody = ['remove', 'rename', 'replace', 'add', 'append'].some(
      change => config.texts(`${change}.json`).length > 0,
    )
    if (changesBody) exchange?.say("response-transformer: how the response's body changes is not modelled")
  },
}
