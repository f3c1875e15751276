import { describe, expect, test } from 'vitest'
import { manifestOf, problemsOf, v3 } from './manifest-reading.ts'

const env = {
  DECK_NAME: 'pay',
  DECK_PORT: '8080',
  DECK_RATIO: '0.5',
  DECK_ON: 'T',
  DECK_PEM: '-----BEGIN-----\nabc\n-----END-----',
  DECK_EMPTY: '',
}
const configOf = (written: string) =>
  manifestOf([v3(`plugins:\n- name: p\n  config:\n    v: ${written}\n`)], env).entities[0]?.fields.config

describe('environment variables', () => {
  test.each([
    ['${{ env "DECK_NAME" }}', 'pay'],
    ['"${{ env "DECK_PORT" }}"', '8080'],
    ['${{ env "DECK_PORT" }}', 8080],
    ['${{ env "DECK_PORT" | toInt }}', 8080],
    ['${{ toInt (env "DECK_PORT") }}', 8080],
    ['${{ env "DECK_RATIO" | toFloat }}', 0.5],
    ['${{ env "DECK_ON" | toBool }}', true],
    ['${{env `DECK_NAME`}}', 'pay'],
    ['x-${{ env "DECK_NAME" }}-${{ env "DECK_PORT" }}-y', 'x-pay-8080-y'],
    ['${{- env "DECK_EMPTY" -}}', null],
    ['a ${{- env "DECK_NAME" -}} b', 'apayb'],
    ['${{/* nothing */}}z', 'z'],
    ['|\n      ${{ env "DECK_PEM" | indent 6 }}', `${env.DECK_PEM}\n`],
  ])('%s', (written, value) => {
    expect(configOf(written)).toEqual({ v: value })
  })
})

describe('mistakes have a place and a hint', () => {
  test.each([
    [
      '${{ env "DECK_MISSING" }}',
      'the environment variable DECK_MISSING is not set. Set DECK_MISSING and try again.',
    ],
    [
      '${{ env "HOME" }}',
      "the environment variable HOME is not decK's. Only names that begin with DECK_ can be used: rename it, here and where it is set.",
    ],
    ['${{ env "DECK_NAME" | toInt }}', 'toInt got a value that is no integer.'],
    ['${{ env "DECK_NAME" | toFloat }}', 'toFloat got a value that is no number.'],
    ['${{ env "DECK_NAME" | toBool }}', 'toBool got a value that is neither true nor false.'],
    ['${{ getenv "DECK_NAME" }}', "decK's templates have no function getenv."],
    ['${{ constructor }}', "decK's templates have no function constructor."],
    ['${{ env DECK_NAME }}', 'an argument is neither a text in double quotes nor a number.'],
    ['${{ env "DECK_NAME }}', '${{ is opened and not closed by }}.'],
    ['${{ env "DECK_NAME"', '${{ is opened and not closed by }}.'],
    ['${{ }}', 'the expression is empty or ends too early.'],
    ['${{ indent 2 }}', 'indent takes a number of spaces and a value.'],
    ['${{ (env "DECK_NAME" }}', 'a parenthesis is not closed.'],
    ['${{ env "DECK_NAME") }}', 'the expression goes on after its end.'],
  ])('%s', (written, problem) => {
    const problems = problemsOf([v3(`plugins:\n- name: p\n  config:\n    v: ${written}\n`)], env)
    expect(problems).toHaveLength(1)
    expect(problems[0]).toContain(`a.yaml:5:8: ${problem}`)
  })

  test('variables in comments are not looked up', () => {
    expect(problemsOf([v3('  # ${{ env "DECK_MISSING" }}\nservices: []\n')], env)).toEqual([])
  })

  test('every missing variable is reported', () => {
    const text = v3(
      'services:\n- name: ${{ env "DECK_A" }}\n  host: ${{ env "DECK_B" }}-${{ env "DECK_C" }}\n',
    )
    expect(problemsOf([text]).map(problem => problem.split(' is ')[0])).toEqual([
      'a.yaml:3:9: the environment variable DECK_A',
      'a.yaml:4:9: the environment variable DECK_B',
      'a.yaml:4:29: the environment variable DECK_C',
    ])
  })
})

test('places after a value of several lines stay right', () => {
  const text = v3(
    'plugins:\n- name: p\n  config:\n    pem: |\n      ${{ env "DECK_PEM" | indent 6 }}\n    after: 1\n',
  )
  const [plugin] = manifestOf([text], env).entities
  expect(plugin?.source?.place('config.after')).toEqual({ file: 'a.yaml', line: 7, column: 5 })
})
