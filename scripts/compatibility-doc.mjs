// The text of docs/compatibility.md, from the cases that the suites keep in docs/compatibility/.
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { root } from './runtime.mjs'

/**
 * The sections in their order: the part's file, what makes it anew, what it is about, and its tables by group with
 * their headings.
 */
const sections = [
  {
    part: 'pairs',
    title: 'Recorded syncs',
    by: 'decK and Kong 3.9.1',
    made: 'node scripts/run.mjs vitest run --project golden test/golden/pairs.test.ts -u',
    about: `decK 1.55 synced random manifests to a Kong Gateway 3.9.1 (open source, PostgreSQL). gatewatch compares each with
what the gateway then held, where nothing may differ; and the manifest that follows with the same lists, where the
changes are to be decK's by kind, name and operation.`,
    tables: { pairs: { columns: ['pair', 'the next manifest, by decK', 'by gatewatch'] } },
  },
  {
    part: 'deck-cases',
    title: "decK's own cases",
    by: 'decK and Kong 3.9.1',
    made: 'node scripts/run.mjs vitest run --project golden test/golden/deck-cases.test.ts -u',
    about: `decK's integration cases, synced by decK 1.55 to the same gateway. gatewatch compares the same files with the lists that
this gateway then held. What decK or the gateway refused is compared with, and checked by, a sandbox gateway: equal is
a refusal by both.`,
    tables: {
      synced: {
        title: 'The same file again, after its sync: nothing may differ',
        columns: ['file', 'decK', 'gatewatch'],
      },
      followed: {
        title: 'Another file, after the sync of the first: the same changes, by kind and name',
        columns: ['from → to', 'decK', 'gatewatch'],
      },
      refused: {
        title: 'Refused by decK or the gateway: gatewatch says why, and writes nothing',
        columns: ['file', 'decK or the gateway', 'gatewatch (line:column in the file)'],
      },
    },
  },
  {
    part: 'file-tools',
    title: 'File tools',
    by: "decK's golden files",
    made: 'node scripts/run.mjs vitest run --project golden test/golden/file-tools.test.ts -u',
    about: `The tools are held against decK itself, over all of its files, by \`npm run test:peers\`; here are the files that its own
tests expect.`,
    tables: {
      made: {
        title: "The files that decK's tests make, the order of entities and ids that are made up aside",
        columns: ['command and input', 'must become', 'gatewatch'],
      },
      validated: {
        title: "`validate` of each of decK's files, without a gateway",
        about: `What a gateway took must be all right. What a sync refuses is refused: formats before 3.0, keys that are there
twice, variables that are not set.`,
        columns: ['file', 'decK at the gateway', 'gatewatch (line:column in the file)'],
      },
    },
  },
  {
    part: 'openapi2kong',
    title: 'openapi2kong',
    by: 'go-apiops',
    made: 'node scripts/run.mjs vitest run --project golden test/golden/openapi2kong.test.ts -u',
    about: `The cases of go-apiops itself: a specification, and the manifest that openapi2kong makes of it. \`generate\` is to make an
equal one.`,
    tables: { cases: { columns: ['case', 'openapi2kong', 'gatewatch'] } },
  },
  {
    part: 'sandbox',
    title: 'The sandbox gateway',
    by: 'Kong 3.9.1',
    made: 'npm run test:contract -- -u',
    about: `The sandbox is asked what a Kong Gateway 3.9.1 was asked when its answers were recorded. An exchange is equal where
status, body and the recorded headers are, ids and times aside.`,
    tables: {
      topics: { columns: ['topic'] },
      different: {
        title: 'Answered otherwise',
        columns: ['topic and request', 'real gateway', 'sandbox'],
      },
    },
  },
  {
    part: 'routing',
    title: 'Requests through the proxy',
    by: 'Kong 3.9.1',
    made: 'node scripts/run.mjs vitest run --project golden test/golden/router.test.ts -u',
    about: `The routing model is held against exchanges that went through the proxy of a Kong Gateway 3.9.1: the matched route, the
status and its message, the method, URI, Host and headers that the upstream saw, and the plugins in effect (as they
show in marks, limits and \`Access-Control-Allow-Origin\`).`,
    tables: {
      files: { columns: ['recording'] },
      different: { title: 'Answered otherwise', columns: ['exchange', 'real gateway', 'model'] },
    },
    after: `### Left open

An answer names what configuration alone does not tell (\`unknown\`):

- plugins that run code or are not known, and those whose credentials other places check (JWT signatures, HMAC,
  LDAP, OAuth 2, OpenID Connect), where a request presents some;
- counters of rate limits, caches, the list of bots that Kong brings along, changes to bodies, Lua in templates;
- regexes that do not translate from Rust (a \`x\` or \`U\` flag, set operations of mixed kinds);
- routes of the same priority while their ids are not known, for then the greater id wins;
- the order of routes whose priority is beyond 31 bits (four kinds of criteria or more, or a negative
  \`regex_priority\`): Kong computes it in LuaJIT, and gets one order interpreting and another once compiled. The
  model gives the interpreted order of x86-64, which the recordings show; on ARM it can differ.

Assumed are Kong's defaults for what is set outside of its configuration: no \`trusted_ips\`, no \`port_maps\`.`,
  },
]

const isTopic = row => 'of' in row
const cell = text =>
  text.replaceAll(/\s+/g, ' ').replaceAll('|', '\\|').replaceAll('<', '&lt;').replaceAll('`', '\\`').trim()
const tableRow = cells => `| ${cells.join(' | ')} |`
const head = columns => [tableRow(columns), `|${'---|'.repeat(columns.length)}`]
const anchor = title =>
  title
    .toLowerCase()
    .replaceAll(/[^a-z0-9 ]/g, '')
    .replaceAll(' ', '-')

/** Rows of a part by what is counted: topics count by their exchanges, and their exceptions are among them. */
function totals(part) {
  const rows = Object.values(part).flat()
  const count = verdict => rows.filter(row => row.verdict === verdict).length
  const topics = rows.filter(isTopic)
  const inTopics = key => topics.reduce((sum, row) => sum + row[key], 0)
  return {
    cases: topics.length > 0 ? inTopics('of') : rows.length,
    equal: inTopics('equal') + count('equal'),
    otherwise: count('otherwise'),
    open: count('open'),
    wrong: count('wrong'),
  }
}

function table({ title, about, columns }, rows) {
  if (rows.length === 0) return []
  const lines = rows.some(isTopic)
    ? [
        ...head([...columns, 'exchanges', 'equal', 'answered otherwise']),
        ...rows.map(row => tableRow([cell(row.case), row.of, row.equal, row.of - row.equal])),
      ]
    : [
        ...head([...columns, 'result', 'why']),
        ...rows.map(({ verdict, why = '', ...row }) =>
          tableRow([row.case, row.held, row.here, verdict, why].map(cell)),
        ),
      ]
  return [...(title ? [`### ${title}`, ''] : []), ...(about ? [about, ''] : []), ...lines, '']
}

const columnsOfTotals = ['cases', 'equal', 'otherwise', 'open', 'wrong']

export function compatibilityText() {
  const parts = sections.map(section => {
    const path = join(root, 'docs', 'compatibility', `${section.part}.json`)
    const part = JSON.parse(readFileSync(path, 'utf8'))
    const unknown = Object.keys(part).filter(group => !(group in section.tables))
    if (unknown.length > 0) throw new Error(`${path}: no table for ${unknown.join(', ')}`)
    return { section, part, sums: totals(part) }
  })
  const sums = columnsOfTotals.map(column => parts.reduce((sum, each) => sum + each.sums[column], 0))
  return [
    '# What gatewatch is held against',
    '',
    'Generated by `npm run docs` from `docs/compatibility/`, which the test suites write; do not edit. Every recorded case',
    'is here, and a test counts them.',
    '',
    ...head(['', 'held against', ...columnsOfTotals]),
    ...parts.map(({ section: { title, by }, sums: each }) =>
      tableRow([`[${title}](#${anchor(title)})`, by, ...columnsOfTotals.map(column => each[column])]),
    ),
    tableRow(['**all**', '', ...sums.map(sum => `**${sum}**`)]),
    '',
    '**equal**: the same answer. **otherwise**: another one, and it is known why; the last column says it. **open**: nothing',
    'that was recorded says what is right. **wrong**: not explained; there must be none.',
    '',
    'Besides, each recorded sync is done by gatewatch and by decK at a sandbox gateway, which then must hold what the real',
    'one held (`npm run test:contract`, with `-- --all` every one and not only every third), and random manifests of all',
    'kinds go through both: [where they disagree and who is right](compatibility-random.md).',
    '',
    ...parts.flatMap(({ section: { title, about, made, tables, after }, part }) => [
      `## ${title}`,
      '',
      about,
      '',
      `Made anew by \`${made}\`.`,
      '',
      ...Object.entries(tables).flatMap(([group, shape]) => table(shape, part[group] ?? [])),
      ...(after ? [after, ''] : []),
    ]),
  ].join('\n')
}
