import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { beforeAll, expect, it } from 'vitest'
import { project } from '../program.ts'
import { deck, describeDeck } from './deck.ts'

/** A command of decK with its own options, without those that every command has. */
interface Help {
  readonly command: string
  readonly options: readonly string[]
}

/** The help of a command and of all below it. */
async function helpOf(command: string): Promise<readonly Help[]> {
  const words = command === '' ? [] : command.split(' ')
  const { out } = await deck('http://127.0.0.1:9', [...words, '--help'])
  const section = (title: string): string =>
    new RegExp(`^${title}:\\n((?: .*\\n)+)`, 'm').exec(out)?.[1] ?? ''
  const options = [...section('Flags').matchAll(/^ +(?:-\w, )?(--[a-z0-9-]+)/gm)].map(
    ([, option = '']) => option,
  )
  const below = [...section('Available Commands').matchAll(/^ +([a-z0-9-]+)/gm)].map(([, name = '']) =>
    `${command} ${name}`.trim(),
  )
  return [{ command, options: [...new Set(options)] }, ...(await Promise.all(below.map(helpOf))).flat()]
}

/** The cells of all table rows of a text. */
const rows = readFileSync(join(project, 'docs', 'from-deck.md'), 'utf8')
  .split('\n')
  .filter(line => line.startsWith('| '))
  .map(line => line.split('|').slice(1, -1))
const inCode = (cell = ''): readonly string[] => [...cell.matchAll(/`([^`]+)`/g)].map(([, text = '']) => text)

describeDeck('docs/from-deck.md', () => {
  let help: readonly Help[] = []
  beforeAll(async () => {
    help = await helpOf('')
  }, 600_000)

  it('has a row for every command of decK', () => {
    const told = new Set(rows.filter(row => row.length === 2).flatMap(([commands]) => inCode(commands)))
    expect(help.length).toBeGreaterThan(30)
    expect(help.filter(({ command }) => command !== '' && !told.has(command))).toEqual([])
  })

  it('has a row for every option of every command, and none that decK lacks', () => {
    const everywhere = new Set(rows.filter(row => row.length === 2).flatMap(([options]) => inCode(options)))
    const told = new Set(
      rows
        .filter(row => row.length === 3)
        .flatMap(([commands, options]) =>
          inCode(commands).flatMap(command => inCode(options).map(option => `${command} ${option}`)),
        ),
    )
    const there = help.flatMap(({ command, options }) =>
      options.filter(option => option !== '--help').map(option => `${command} ${option}`.trim()),
    )
    expect(there.filter(each => !(each.startsWith('--') ? everywhere : told).has(each))).toEqual([])
    expect([...told].filter(each => !there.includes(each))).toEqual([])
  })
})
