import { cell, span } from '../components/line.ts'
import { type Binding, helpOf } from '../keymap/bindings.ts'
import type { App, OpenScreen } from '../store/app.ts'
import { type LineRow, openLines } from './pane/lines-screen.tsx'

/** The keys of the screen below, made from its bindings: including those that can't act now, with the reason. */
export function openHelp(app: App, bindings: readonly Binding[], title: string): OpenScreen {
  const rows = helpRows(bindings)
  return openLines(app, {
    title: `Keys of ${title === '' ? 'the first screen' : title}`,
    subject: 'help',
    rows: () => rows,
    bindings: () => [],
  })
}

function helpRows(bindings: readonly Binding[]): readonly LineRow[] {
  return helpOf(bindings).flatMap(({ chapter, entries }): readonly LineRow[] => [
    { key: chapter, line: [span(chapter, 'heading')] },
    ...entries.map(
      (entry): LineRow => ({
        key: `${chapter} ${entry.keys}`,
        line: [
          '  ',
          span(cell(entry.keys, 14), entry.disabled === null ? 'key' : 'disabled'),
          ' ',
          span(cell(entry.name, 18), entry.disabled === null ? 'text' : 'disabled'),
          ' ',
          span(
            entry.disabled === null ? entry.description : `not now: ${entry.disabled}`,
            entry.disabled === null ? 'dim' : 'notice',
          ),
        ],
      }),
    ),
  ])
}
