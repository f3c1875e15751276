import { describe, expect, test } from 'vitest'
import { problemText } from '../../src/model/problem.ts'
import { manifestOf, problemsOf, v3 } from './manifest-reading.ts'

const only = (text: string) => {
  const problems = problemsOf([v3(text)])
  expect(problems).toHaveLength(1)
  return problems[0]
}

describe('names that are unknown to the format', () => {
  test.each([
    ['servies: []', 'a.yaml:2:1: "servies" is no key of decK\'s format. Did you mean services?'],
    ['Services: []', 'a.yaml:2:1: "Services" is no key of decK\'s format. Did you mean services?'],
    [
      'consumer-groups: []',
      'a.yaml:2:1: "consumer-groups" is no key of decK\'s format. Did you mean consumer_groups?',
    ],
    ['upstream: []', 'a.yaml:2:1: "upstream" is no key of decK\'s format. Did you mean upstreams?'],
  ])('%s', (text, problem) => {
    expect(only(text)).toBe(problem)
  })

  test('a key that resembles none gets the list of all', () => {
    expect(only('openapi: 3.0.0')).toMatch(
      /^a\.yaml:2:1: "openapi" is no key .* Known are .*plugins.*services/,
    )
  })

  test.each([
    [
      'services: [{name: s, host: h, reties: 3}]',
      'a.yaml:2:31: service s has the unknown field "reties". Did you mean retries?',
    ],
    [
      'services:\n- name: s\n  host: h\n  routes:\n  - name: r\n    pahts: [/a]',
      'a.yaml:7:5: route r has the unknown field "pahts". Did you mean paths?',
    ],
    [
      'plugins: [{name: cors, confg: {}}]',
      'a.yaml:2:24: plugin cors has the unknown field "confg". Did you mean config?',
    ],
    [
      'consumers: [{username: u, keyauth_credential: []}]',
      'a.yaml:2:27: consumer u has the unknown field "keyauth_credential". Did you mean keyauth_credentials?',
    ],
    [
      'upstreams: [{name: u, healthchecks: {activ: {}}}]',
      'a.yaml:2:38: "healthchecks" of upstream u has the unknown field "activ". Did you mean active?',
    ],
    [
      '_info: {select_tag: [a]}',
      'a.yaml:2:9: _info has the unknown field "select_tag". Did you mean select_tags?',
    ],
  ])('%s', (text, problem) => {
    expect(only(text)).toBe(problem)
  })
})

describe('values of the wrong type', () => {
  test.each([
    ['services: 3', 'a.yaml:2:1: services must be a list, but is an integer. Begin each item with a dash.'],
    ['services:', 'a.yaml:2:1: services must be a list, but is empty. Leave the key out, or write [].'],
    ['services: [pay]', 'a.yaml:2:12: an item of services must be a service with its fields, but is a text.'],
    [
      'services: [{name: s, host: h, retries: "3"}]',
      'a.yaml:2:31: "retries" of service s must be an integer, but is a text. Take the quotes away, or add | toInt where it comes from a variable.',
    ],
    [
      'services: [{name: s, host: yes}]',
      'a.yaml:2:22: "host" of service s must be a text, but is true or false. Put it in quotes: YAML takes yes, no, on, off, y and n for true and false.',
    ],
    [
      'services: [{name: 7, host: h}]',
      'a.yaml:2:13: "name" of a service must be a text, but is an integer. Put it in quotes.',
    ],
    [
      'routes: [{name: r, paths: /a}]',
      'a.yaml:2:20: "paths" of route r must be a list of texts, but is a text.',
    ],
    [
      'routes: [{name: r, tags: [a, 5]}]',
      'a.yaml:2:30: an item of "tags" of route r must be a text, but is an integer. Put it in quotes.',
    ],
    [
      'routes: [{name: r, service: 5}]',
      'a.yaml:2:20: "service" of route r must be a name or an id, but is an integer. Write service: {name: …} or service: {id: …}.',
    ],
    [
      'plugins: [{name: p, config: []}]',
      'a.yaml:2:21: "config" of plugin p must be a mapping, but is a list.',
    ],
  ])('%s', (text, problem) => {
    expect(only(text)).toBe(problem)
  })

  test('what is missing', () => {
    expect(only('services: [{host: h}]')).toBe('a.yaml:2:12: a service has no "name" or "id" to be known by.')
    expect(only('consumers: [{id: x}]')).toBe(
      'a.yaml:2:13: consumer x has no "username" or "custom_id" to be known by.',
    )
    expect(only('consumers: [{username: u, basicauth_credentials: [{password: b}]}]')).toBe(
      'a.yaml:2:51: a basic-auth has no "username".',
    )
    expect(only('upstreams: [{name: u, targets: [{weight: 1}]}]')).toBe(
      'a.yaml:2:33: a target has no "target".',
    )
  })

  test('a file that is not a mapping', () => {
    expect(problemsOf(['- a\n- b\n'])).toEqual([
      'a.yaml:1:1: the file does not hold a mapping with decK\'s keys. Begin it with _format_version: "3.0".',
    ])
  })
})

describe('the version of the format', () => {
  test.each(['1.1', '2.1'])('%s is refused, with the way to convert it', version => {
    expect(problemsOf([`_format_version: "${version}"\nservices: []\n`])).toEqual([
      expect.stringMatching(
        /^a\.yaml:1:1: format .* is for Kong before 3\.0\. Convert it first: gatewatch convert /,
      ),
    ])
  })

  test('a number, another text, or none at all', () => {
    expect(problemsOf(['_format_version: 3.0\n'])).toEqual([
      'a.yaml:1:1: "_format_version" must be a text. Write _format_version: "3.0".',
    ])
    expect(problemsOf(['_format_version: three\n'])[0]).toContain('is not known')
    expect(problemsOf(['services: []\n'])).toEqual([
      'a.yaml:1:1: no manifest says "_format_version". Begin one of the files with _format_version: "3.0".',
    ])
  })

  test('one file of several is enough', () => {
    expect(problemsOf([v3(''), 'services: []\n'])).toEqual([])
  })
})

describe('references to missing entities', () => {
  test.each([
    [
      'plugins: [{name: p, service: paymnts}]\nservices: [{name: payments, host: h}]',
      'a.yaml:2:21: plugin p refers to the service "paymnts", which no manifest holds. Did you mean payments?',
    ],
    [
      'plugins: [{name: p, consumer: amy}]',
      'a.yaml:2:21: plugin p refers to the consumer "amy", which no manifest holds. Add that consumer, or name its tags in _info.default_lookup_tags.',
    ],
    [
      'routes: [{name: r, service: {name: x}}]',
      'a.yaml:2:20: route r refers to the service "x", which no manifest holds. Add that service, or name its tags in _info.default_lookup_tags.',
    ],
    [
      'consumers: [{username: u, groups: [{name: gold}]}]',
      'a.yaml:2:37: consumer u refers to the consumer-group "gold", which no manifest holds. Add that consumer-group, or name its tags in _info.default_lookup_tags.',
    ],
    [
      'plugins: [{name: p, partials: [{name: x}]}]',
      'a.yaml:2:32: plugin p refers to the partial "x", which no manifest holds. Add that partial, or name its tags in _info.default_lookup_tags.',
    ],
    [
      'plugins: [{name: p, _config: x}]',
      'a.yaml:2:21: plugin p refers to the plugin configuration "x", which no manifest holds. Add it to _plugin_configs.',
    ],
    [
      'keys: [{name: k, set: {name: s}}]',
      'a.yaml:2:18: key k refers to the key-set "s", which no manifest holds. Add that key-set, or name its tags in _info.default_lookup_tags.',
    ],
  ])('%s', (text, problem) => {
    expect(only(text)).toBe(problem)
  })

  test('default_lookup_tags leave references to the gateway, for their kind only', () => {
    const plugins = 'plugins: [{name: p, service: s}]\n'
    const manifest = manifestOf([v3(`_info: {default_lookup_tags: {services: [shared]}}\n${plugins}`)])
    expect(manifest.entities[0]?.fields.service).toEqual({ name: 's' })
    expect(manifest.lookupTags).toEqual({ service: ['shared'] })
    expect(problemsOf([v3(`_info: {default_lookup_tags: {routes: [shared]}}\n${plugins}`)])).toHaveLength(1)
  })

  test('a plugin that is nested and names the same kind of owner', () => {
    expect(only('services: [{name: s, host: h, plugins: [{name: p, service: s}]}]')).toBe(
      'a.yaml:2:51: plugin p is nested in a service and names one besides. Take "service" away.',
    )
  })
})

describe('what is defined twice', () => {
  test('names in two files: both places', () => {
    const problems = problemsOf([
      v3('services:\n- name: s\n  host: h\n'),
      'services:\n- host: x\n  name: s\n',
    ])
    expect(problems).toEqual([
      'b.yaml:2:3: service s is defined twice, first at a.yaml:3:3. Keep one of the two, or give one another name.',
    ])
  })

  test.each([
    ['routes: [{name: r}, {name: r}]', 'route r is defined twice'],
    ['consumers: [{username: u}, {username: v, custom_id: u}, {username: u}]', 'consumer u is defined twice'],
    [
      'consumers: [{username: u, custom_id: c}, {username: v, custom_id: c}]',
      'the consumer with custom_id c is defined twice',
    ],
    [
      'upstreams: [{name: u, targets: [{target: a:1}, {target: a:1}]}]',
      'target a:1 for upstream u is defined twice',
    ],
    ['plugins: [{name: p}, {name: p}]', 'plugin p (global) is defined twice'],
    [
      'services: [{name: s, host: h, plugins: [{name: p}]}]\nplugins: [{name: p, service: s}]',
      'plugin p for service s is defined twice',
    ],
    [
      'consumers: [{username: u, acls: [{group: g}, {group: g}]}]',
      'acl-group g for consumer u is defined twice',
    ],
    [
      'vaults: [{prefix: a-b, name: env}, {prefix: a-b, name: env}]',
      'the vault with prefix a-b is defined twice',
    ],
    [
      'routes: [{id: 6f1a8b0e-44a5-4c0c-9a38-0d8a4e7c9f10, name: a}, {id: 6f1a8b0e-44a5-4c0c-9a38-0d8a4e7c9f10, name: b}]',
      'the route with id 6f1a8b0e-44a5-4c0c-9a38-0d8a4e7c9f10 is defined twice',
    ],
  ])('%s', (text, problem) => {
    expect(only(text)).toContain(problem)
  })

  test('targets with one address and plugins with one name are allowed under different parents', () => {
    expect(
      problemsOf([
        v3('upstreams: [{name: u, targets: [{target: a:1}]}, {name: w, targets: [{target: a:1}]}]'),
      ]),
    ).toEqual([])
    expect(
      problemsOf([v3('plugins: [{name: p}]\nservices: [{name: s, host: h, plugins: [{name: p}]}]')]),
    ).toEqual([])
  })
})

describe('settings', () => {
  test('workspaces must agree', () => {
    expect(problemsOf([v3('_workspace: a\n'), '_workspace: b\n'])).toEqual([
      'b.yaml:1:1: "_workspace" is b here and a in a.yaml:2. Compare and sync one of them at a time.',
    ])
  })

  test('_transform: false is not supported', () => {
    expect(only('_transform: false')).toBe(
      'a.yaml:2:1: "_transform: false" is not supported. Take the line away, or set it to true.',
    )
  })

  test('an empty file is not a manifest', () => {
    expect(problemsOf([])).toEqual(['there is no manifest file. Name decK files or folders that hold some.'])
    expect(problemsOf(['', '# nothing\n', '{}'])[0]).toContain('the manifests hold nothing at all')
  })
})

test('a path that looks like a regular expression but is not one causes a warning', () => {
  const manifest = manifestOf([v3('routes: [{name: r, paths: [/a, "~/b/[0-9]+$", "/c/(x|y)"]}]')])
  expect(manifest.warnings.map(problemText)).toEqual([
    'a.yaml:2:47: a path of route r looks like a regular expression, and is taken as it stands. Begin it with ~ where a pattern is meant: "~/c/(x|y)".',
  ])
})

test('all problems of all files are reported at once, up to a limit', () => {
  const wrong = `services:\n${'- {nme: x}\n'.repeat(80)}`
  const problems = problemsOf([v3(wrong), wrong])
  expect(problems).toHaveLength(101)
  expect(problems.at(-1)).toBe('there are 220 more problems of this sort.')
})

test('no message holds a secret', () => {
  const secret = 'hunter2-hunter2'
  const texts = [
    `consumers: [{username: u, keyauth_credentials: [{key: ${secret}}, {key: ${secret}}]}]`,
    `consumers: [{username: u, basicauth_credentials: [{username: b, password: [${secret}]}]}]`,
    `consumers: [{username: u, keyauth_credentials: [{key: *${secret}}]}]`,
    `consumers: [{username: u, keyauth_credentials: [{key: !${secret}!x}]}]`,
    `consumers: [{username: u, keyauth_credentials: [{key: "${secret}\\q"}]}]`,
    `consumers: [{username: u, keyauth_credentials: ${secret}}]`,
    `certificates: [{id: a, cert: C, key: {x: ${secret}}}]`,
    `consumers:\n- username: u\n  keyauth_credentials:\n  - key: ${secret}\n ${secret}: x\n`,
    `services: [{name: s, url: "${secret}"}]`,
  ]
  for (const text of texts) {
    const problems = problemsOf([v3(text)])
    expect(problems.length, text).toBeGreaterThan(0)
    expect(problems.join('\n')).not.toContain(secret)
  }
  const fromVariable = problemsOf([v3('services: [{name: s, host: h, retries: ${{ env "DECK_S" }}}]')], {
    DECK_S: secret,
  })
  expect(fromVariable).toHaveLength(1)
  expect(fromVariable.join('\n')).not.toContain(secret)
})
