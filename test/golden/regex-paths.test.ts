import { existsSync, readFileSync } from 'node:fs'
import { resolve } from 'node:path'
import { describe, expect, it } from 'vitest'
import * as z from 'zod'
import { literalPrefix, RouteRegex } from '../../src/providers/kong/router/regex/rust-regex.ts'

const file = resolve(import.meta.dirname, '../../../shared/golden/kong-3.9.1/regex-paths.json')
const recorded = existsSync(file)
const entry = z.object({ path: z.string(), status: z.number() })

/** Where RE2 has no counterpart: which texts the boundaries of words beyond ASCII are in. */
const unknownBeyondAscii = ['~/\\b']

describe.skipIf(!recorded)('regexes of paths that a real gateway was given (needs ../shared)', () => {
  const entries = recorded ? z.array(entry).parse(JSON.parse(readFileSync(file, 'utf8'))) : []
  const regexes = entries
    .filter(({ path }) => path.startsWith('~/'))
    .map(({ path, status }) => ({ path, status, pattern: path.slice(1).replaceAll('?<', '?P<') }))

  /** Whether a pattern is understood, for texts that begin as it does. */
  const understood = (pattern: string, more: string): boolean =>
    new RouteRegex(`^${pattern}`).test(`${literalPrefix(pattern)}${more}`) !== undefined

  it('include accepted and refused ones', () => {
    expect(regexes.filter(({ status }) => status < 300).length).toBeGreaterThan(10)
    expect(regexes.filter(({ status }) => status >= 400).length).toBeGreaterThan(20)
  })

  it('are understood if the gateway accepted them', () => {
    const taken = regexes.filter(({ status }) => status < 300)
    expect(taken.filter(({ pattern }) => !understood(pattern, 'ab')).map(({ path }) => path)).toEqual([])
    expect(taken.filter(({ pattern }) => !understood(pattern, 'é')).map(({ path }) => path)).toEqual(
      unknownBeyondAscii,
    )
  })

  it('are invalid if the gateway refused them, except for what another of its checks refused', () => {
    const refused = regexes.filter(({ status }) => status >= 400)
    // Kong has PCRE read a path too, which knows no \\u.
    expect(refused.filter(({ pattern }) => understood(pattern, 'ab')).map(({ path }) => path)).toEqual([
      '~/\\u00e9',
    ])
  })
})
