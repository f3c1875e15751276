import { describe, expect, test } from 'vitest'
import { readManifests } from '../../src/providers/kong/manifest/index.ts'
import { manifestOf, v3 } from './manifest-reading.ts'

const env = {
  DECK_A: 'a-value',
  DECK_N: '7',
  DECK_MAP: '{x: 1, y: [2]}',
  DECK_EMPTY: '',
  DECK_LINES: 'one\ntwo',
}

/** Where values of variables stand, by entity, as `service host`. */
function variablesIn(text: string): readonly string[] {
  return manifestOf([v3(text)], env).entities.flatMap(({ kind, variables = [] }) =>
    variables.map(path => `${kind} ${path.join('.')}`),
  )
}

describe('the value of a variable is recognised where it is used', () => {
  test.each([
    ['alone', 'services: [{name: s, host: ${{ env "DECK_A" }}, path: /x}]', ['service host']],
    ['in quotes', `services:\n- name: s\n  host: '\${{ env "DECK_A" }}'\n  path: "/x"`, ['service host']],
    [
      'as a part of a text',
      'services: [{name: s, host: h, path: "/x/${{ env "DECK_A" }}/y"}]',
      ['service path'],
    ],
    [
      'as a number',
      'services: [{name: s, host: h, retries: ${{ env "DECK_N" | toInt }}}]',
      ['service retries'],
    ],
    ['between others', 'routes: [{name: r, paths: [/a, "/${{ env "DECK_A" }}", /b]}]', ['route paths.*']],
    [
      'deep in a configuration',
      'plugins: [{name: p, config: {a: {b: [{c: ${{ env "DECK_A" }}, d: 1}]}}}]',
      ['plugin config.a.b.*.c'],
    ],
    [
      'as a whole mapping',
      'plugins: [{name: p, config: {a: ${{ env "DECK_MAP" }}}}]',
      ['plugin config.a.{}'],
    ],
    [
      'as a key',
      'plugins: [{name: p, config: {headers: {${{ env "DECK_A" }}: x}}}]',
      ['plugin config.headers.{}'],
    ],
    [
      'over several lines',
      'plugins:\n- name: p\n  config:\n    code: |\n      first\n      ${{ env "DECK_LINES" | indent 6 }}\n      last',
      ['plugin config.code'],
    ],
    [
      'behind an anchor and its alias',
      'services: [{name: s, host: &h ${{ env "DECK_A" }}}, {name: t, host: *h}, {name: u, host: u}]',
      ['service host', 'service host'],
    ],
    [
      'behind a merge',
      'services:\n- &base {name: s, host: ${{ env "DECK_A" }}}\n- {<<: *base, name: t}\n- {<<: *base, name: u, host: other}',
      ['service host', 'service host'],
    ],
    [
      'in a URL',
      'services: [{name: s, url: "https://${{ env "DECK_A" }}/x"}]',
      ['service protocol', 'service host', 'service port', 'service path'],
    ],
    [
      'in a nested entity',
      'services: [{name: s, host: h, routes: [{name: r, hosts: ["${{ env "DECK_A" }}"]}]}]',
      ['route hosts.*'],
    ],
    [
      'in a shared configuration',
      '_plugin_configs: {c: {minute: ${{ env "DECK_N" | toInt }}}}\nplugins: [{name: p, _config: c}]',
      ['plugin config.minute'],
    ],
    ['in a comment behind a value', 'services:\n- name: s # ${{ env "DECK_A" }}\n  host: h', []],
    ['as an expression without a variable', 'services: [{name: s, host: ${{ "literal" }}}]', []],
  ] as const)('%s', (_, text, expected) => {
    expect(variablesIn(text)).toEqual(expected)
  })

  test('in defaults of all entities of a kind', () => {
    const manifest = manifestOf(
      [
        v3(
          '_info: {defaults: {service: {retries: ${{ env "DECK_N" | toInt }}, port: 80}}}\nservices: [{name: s, host: h}]',
        ),
      ],
      env,
    )
    expect(manifest.defaultVariables).toEqual({ service: [['retries']] })
  })

  test('in a file that is read in pieces, at the same entities as in one that is not', () => {
    const service = (i: number) =>
      `- name: s${i}\n  host: ${i % 7 === 3 ? '${{ env "DECK_A" }}' : `h${i}`}\n  routes:\n  - name: r${i}\n    paths: [/${i}${i % 11 === 0 ? ', "/${{ env "DECK_A" }}"' : ''}]\n`
    const text = v3(`services:\n${Array.from({ length: 2_000 }, (_, i) => service(i)).join('')}`)
    const found = manifestOf([text], env).entities.filter(each => each.variables)
    expect(found.map(({ fields }) => fields.name)).toEqual(
      Array.from({ length: 2_000 }, (_, i) => [i % 7 === 3 ? `s${i}` : [], i % 11 === 0 ? `r${i}` : []])
        .flat(2)
        .toSorted(byKind),
    )
  })

  test.each([['mocked'], ['named']] as const)('but nowhere if names stand for values: %s', option => {
    const files = [{ path: 'a.yaml', text: v3('services: [{name: s, host: ${{ env "DECK_A" }}}]') }]
    const read = readManifests(files, { env, [option]: true })
    expect(read).toMatchObject({ ok: true })
    expect(read.ok && read.value.entities.some(each => each.variables)).toBe(false)
  })
})

/** Services come before routes in a manifest's entities only by their place: each route follows its service. */
function byKind(a: string, b: string): number {
  const [n, m] = [a, b].map(name => Number(name.slice(1)))
  return (n ?? 0) - (m ?? 0) || b.localeCompare(a)
}
