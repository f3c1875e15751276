import { readdirSync, readFileSync } from 'node:fs'
import { describe, expect, test } from 'vitest'
import * as z from 'zod'
import { roles } from '../../src/console/theme/roles.ts'
import { type ColourDepth, makeTheme, type ThemeFile, themeSchema } from '../../src/console/theme/theme.ts'
import { chooseTheme, themeNames } from '../../src/console/theme/themes.ts'

const folder = new URL('../../themes/', import.meta.url)
const files = readdirSync(folder).filter(name => name.endsWith('.json') && !name.includes('schema'))

function read(file: string): ThemeFile {
  return themeSchema.parse(JSON.parse(readFileSync(new URL(file, folder), 'utf8')))
}

/** Contrast of two colours as WCAG 2 defines it: 1 to 21. */
function contrast(one: string, other: string): number {
  const luminance = (colour: string): number => {
    const [red = 0, green = 0, blue = 0] = [1, 3, 5].map(at => {
      const part = Number.parseInt(colour.slice(at, at + 2), 16) / 255
      return part <= 0.03928 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4
    })
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue
  }
  const [low = 0, high = 0] = [luminance(one), luminance(other)].sort((a, b) => a - b)
  return (high + 0.05) / (low + 0.05)
}

test('every file is a theme under its own name, and each can be chosen', () => {
  expect(files.map(file => file.replace('.json', '')).sort()).toEqual([...themeNames].sort())
  for (const file of files) expect(read(file).name).toBe(file.replace('.json', ''))
})

test('a theme that lacks a role, or has one too many, is refused', () => {
  const { exposed: _, ...rest } = read('dark.json').roles
  expect(themeSchema.safeParse({ name: 'x', roles: rest }).success).toBe(false)
  expect(
    themeSchema.safeParse({ name: 'x', roles: { ...read('dark.json').roles, expsed: {} } }).success,
  ).toBe(false)
  expect(
    themeSchema.safeParse({ name: 'x', roles: { ...read('dark.json').roles, ok: { colour: 'greenish' } } })
      .success,
  ).toBe(false)
})

describe.each([
  ['dark.json', '#11151b', 4.5],
  ['light.json', '#ffffff', 4.5],
  ['high-contrast.json', '#000000', 7],
] as const)('%s', (file, background, least) => {
  const { roles: styles } = read(file)

  test.each(roles.filter(role => !['rule', 'disabled'].includes(role)))(
    `%s can be read on its own and on a selection`,
    role => {
      const style = styles[role]
      const behind = [
        style.background ?? background,
        style.background ?? styles.selection.background ?? background,
      ]
      for (const back of behind)
        if (style.colour)
          expect(contrast(style.colour, back)).toBeGreaterThanOrEqual(back === behind[0] ? least : 4.5)
    },
  )

  test('production has a colour that nothing else has', () => {
    const others = roles.filter(role => !['prod', 'production', 'protected'].includes(role))
    for (const role of others) {
      expect(styles[role].background ?? '').not.toBe(styles.prod.background)
      expect(styles[role].colour ?? '').not.toBe(styles.production.colour)
    }
  })
})

describe('the colours of a terminal', () => {
  const choose = (depth: number, environment: Record<string, string> = {}) =>
    chooseTheme('dark', { depth, environment })

  test('are as many as it supports', () => {
    expect(choose(24)?.open('ahead')).toBe('\x1b[38;2;119;183;255m')
    expect(choose(8)?.open('ahead')).toMatch(/^\x1b\[38;5;\d+m$/)
    expect(choose(4)?.open('ahead')).toMatch(/^\x1b\[(3|9)\dm$/)
  })

  test.each([
    ['NO_COLOR', { NO_COLOR: '1' }, 24],
    ['a dumb terminal', { TERM: 'dumb' }, 24],
    ['a terminal without colours', {}, 1],
  ])('are none for %s', (_, environment, depth) => {
    const theme = choose(depth, environment)
    expect(theme?.name).toBe('mono')
    for (const role of roles) expect(theme?.open(role)).not.toMatch(/[34]8;|[[;][349]\d[;m]|10\d/)
  })

  test('are not affected by an empty NO_COLOR', () => expect(choose(24, { NO_COLOR: '' })?.name).toBe('dark'))

  test('a role on a base combines both styles', () => {
    const file = read('dark.json')
    for (const depth of [4, 8, 24] satisfies ColourDepth[]) {
      const theme = makeTheme(file, depth)
      expect(theme.open('exposed', 'selection').length).toBeGreaterThan(theme.open('exposed').length)
    }
  })

  test('a palette colour is close to the requested one', () => {
    const cube = [0, 95, 135, 175, 215, 255]
    const rgbOf = (index: number): readonly number[] =>
      index >= 232
        ? Array(3).fill(8 + (index - 232) * 10)
        : [36, 6, 1].map(by => cube[Math.floor((index - 16) / by) % 6] ?? 0)
    for (const [role, style] of Object.entries(read('dark.json').roles)) {
      if (!style.colour?.startsWith('#')) continue
      const sequence = makeTheme(
        { name: 'x', roles: { ...read('dark.json').roles, text: { colour: style.colour } } },
        8,
      ).open('text')
      const index = Number(/38;5;(\d+)/.exec(sequence)?.[1])
      const wanted = [1, 3, 5].map(at => Number.parseInt((style.colour ?? '').slice(at, at + 2), 16))
      for (const [at, part] of rgbOf(index).entries())
        expect(Math.abs(part - (wanted[at] ?? 0)), role).toBeLessThanOrEqual(48)
    }
  })
})

test('the JSON Schema that the theme files name matches what is checked', () => {
  const schema: unknown = JSON.parse(readFileSync(new URL('theme.schema.json', folder), 'utf8'))
  expect(schema).toEqual({ title: 'A colour theme of gatewatch', ...z.toJSONSchema(themeSchema) })
  for (const file of files) expect(read(file).$schema).toBe('./theme.schema.json')
})
