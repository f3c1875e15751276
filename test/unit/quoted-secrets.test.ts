import { describe, expect, it } from 'vitest'
import { withoutSecrets } from '../../src/model/masking/quoted-secrets.ts'

const code = 'local secret = "s3cr3t-of-the-code"\n  kong.log("x/y")\nreturn secret_of_the_function'

describe('a sentence quotes no secret', () => {
  it.each([
    ['as it is', `refused: ${code}!`, 'refused: ••••!'],
    ['as JSON', `refused: ${JSON.stringify(code)}`, 'refused: "••••"'],
    ['as JSON in JSON', `refused: ${JSON.stringify(JSON.stringify(code))}`, 'refused: "\\"••••\\""'],
    ['as Lua writes JSON', `refused: ${JSON.stringify(code).replaceAll('/', '\\/')}`, 'refused: "••••"'],
    ['in a URL', `refused: /x?y=${encodeURIComponent(code)}`, 'refused: /x?y=••••'],
    ['by one of its lines', 'refused: return secret_of_the_function', 'refused: ••••'],
    [
      'by its beginning',
      'refused: [string "local secret = "s3cr3t-of..."]:1',
      'refused: [string "••••..."]:1',
    ],
    ['from its middle', 'refused: …t-of-the-code…', 'refused: …••••…'],
  ])('%s', (_way, sentence, shown) => {
    expect(withoutSecrets(sentence, [code])).toBe(shown)
  })

  it('hides a short secret only if it is a separate word', () => {
    expect(withoutSecrets('ab is in abc, and ab', ['ab'])).toBe('•••• is in abc, and ••••')
    expect(withoutSecrets('length must be at least 8', ['', 'at least'])).toBe('length must be •••• 8')
  })
})
