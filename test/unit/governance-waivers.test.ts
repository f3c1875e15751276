import { existsSync, readFileSync } from 'node:fs'
import { symlink } from 'node:fs/promises'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import type { Finding } from '../../src/governance/finding.ts'
import { waiverFindings } from '../../src/governance/waivers/upkeep.ts'
import { loadGovernance } from '../../src/workflows/governance/load-governance.ts'
import { proposeWaiver } from '../../src/workflows/governance/waivers/waive.ts'
import { type GovernedRepository, governed, now } from './governance-repository.ts'
import { bad, good, scratch } from './repo-scratch.ts'

const file = 'waivers/prod.yaml'

function finding(more: Partial<Finding> = {}): Finding {
  return {
    id: 'route-without-authentication prod-eu route rates',
    rule: 'route-without-authentication',
    title: '',
    severity: 'block',
    subjects: ['live'],
    target: 'prod-eu',
    environment: 'prod',
    kind: 'route',
    key: 'rates',
    name: 'rates',
    message: 'nothing authenticates its callers',
    rationale: '',
    fix: '',
    owasp: null,
    place: null,
    trace: { specification: null, manifest: null, live: null },
    policy: { state: 'approved', approval: { state: 'built in' }, commit: null, place: null },
    waived: null,
    ...more,
  }
}

function waiverText(changes: Readonly<Record<string, string>> = {}): string {
  const lines: Record<string, string> = {
    rule: 'route-without-authentication',
    entity: 'route rates',
    reason: 'For everyone',
    owner: '"@aisha"',
    approved_by: '"@jonas"',
    expires: '2026-06-01T00:00:00Z',
    ...changes,
  }
  const entry = Object.entries(lines).filter(([, value]) => value !== '')
  return `waivers:\n${entry.map(([key, value], i) => `  ${i === 0 ? '-' : ' '} ${key}: ${value}`).join('\n')}\n`
}

/** A repository with one waiver that aisha committed. */
async function waived(
  changes: Readonly<Record<string, string>> = {},
  author = 'aisha',
  date = '2026-02-20T00:00:00Z',
): Promise<GovernedRepository> {
  const repository = await governed(['jonas'])
  await repository.configure('people:\n  "@jonas": [jonas@x.example]\n  "@aisha": [aisha@x.example]')
  await repository.write('CODEOWNERS', '* @mira @jonas\n')
  await repository.write(file, waiverText(changes))
  await repository.commit('Waive', author, date)
  return repository
}

/** What becomes of a finding, and of the waiver. */
async function outcome(repository: GovernedRepository, found = finding(), at = now) {
  const governance = await repository.governance({ now: at })
  const { findings, outcomes } = governance.waive([found])
  const upkeep = waiverFindings(outcomes, () => true)
  return {
    waived: findings[0]?.waived ?? null,
    state: outcomes[0]?.state,
    why: outcomes[0]?.why,
    approval: outcomes[0]?.waiver.approval.state,
    upkeep: upkeep.map(each => `${each.severity} ${each.rule} ${each.place?.file}:${each.place?.line}`),
  }
}

describe('a waiver covers', () => {
  test.each<[string, Readonly<Record<string, string>>, Partial<Finding>]>([
    ['one entity', {}, {}],
    ['a pattern of entities', { entity: 'route r*' }, {}],
    ['a kind by its former name', { entity: 'ca_certificate *' }, { kind: 'ca-certificate' }],
    ['a pattern of rules', { rule: 'route-without-*' }, {}],
    ['one target', { target: 'prod-eu' }, {}],
    ['targets by a pattern', { target: '[dev, prod-*]' }, {}],
    ['an environment', { environment: 'prod' }, {}],
    [
      'an entity by its key',
      { entity: '"plugin cors for route rates"' },
      { kind: 'plugin', key: 'cors for route rates' },
    ],
  ])('%s', async (_name, changes, more) => {
    await using repository = await waived(changes)
    expect(await outcome(repository, finding(more))).toMatchObject({
      waived: { reason: 'For everyone', owner: '@aisha', approvedBy: '@jonas', place: { file, line: 2 } },
      state: 'active',
      upkeep: [],
    })
  })

  test.each<[string, Readonly<Record<string, string>>]>([
    ['another entity', { entity: 'route payouts' }],
    ['an entity of another kind', { entity: 'service rates' }],
    ['another rule', { rule: 'shadow-api' }],
    ['another target', { target: 'prod-us' }],
    ['another environment', { environment: 'dev' }],
  ])('does not cover %s, and is then unused', async (_name, changes) => {
    await using repository = await waived(changes)
    expect(await outcome(repository)).toMatchObject({
      waived: null,
      state: 'active',
      upkeep: [`warn waiver-unused ${file}:2`],
    })
  })
})

describe('a waiver ends', () => {
  test('at its instant, not before', async () => {
    await using repository = await waived()
    const end = Date.parse('2026-06-01T00:00:00Z')
    expect((await outcome(repository, finding(), new Date(end - 1))).waived).not.toBeNull()
    expect(await outcome(repository, finding(), new Date(end))).toMatchObject({
      waived: null,
      state: 'expired',
      upkeep: [`warn waiver-expired ${file}:2`],
    })
  })

  test('no later than 180 days after it was written', async () => {
    // 2026-02-20 and 180 days are 2026-08-19.
    await using fine = await waived({ expires: '2026-08-19T00:00:00Z' })
    expect((await outcome(fine)).state).toBe('active')
    await using long = await waived({ expires: '2026-08-19T00:00:01Z' })
    expect(await outcome(long)).toMatchObject({
      waived: null,
      state: 'too long',
      upkeep: [`error waiver-too-long ${file}:2`],
    })
  })

  test('no later because a commit is dated in the future', async () => {
    await using repository = await waived(
      { expires: '2027-01-01T00:00:00Z' },
      'aisha',
      '2026-12-30T00:00:00Z',
    )
    expect((await outcome(repository)).state).toBe('too long')
  })
})

describe('nobody can approve their own waiver', () => {
  test.each<[string, Readonly<Record<string, string>>, string, RegExp]>([
    ['without any approval', { approved_by: '' }, 'aisha', /nobody has approved it/],
    ['by its owner', { approved_by: '"@aisha"' }, 'ci', /@aisha can’t approve their own/],
    ['by its owner under another name', { approved_by: 'aisha@x.example' }, 'ci', /can’t approve their own/],
    ['by who wrote it', {}, 'jonas', /@jonas can’t approve what jonas wrote/],
    [
      'by who is no code owner',
      { approved_by: '"@kim"' },
      'aisha',
      /@kim is not among the code owners @mira, @jonas/,
    ],
  ])('%s', async (_name, changes, author, why) => {
    await using repository = await waived(changes, author)
    const result = await outcome(repository)
    expect(result).toMatchObject({
      waived: null,
      state: 'not approved',
      upkeep: [`error waiver-not-approved ${file}:2`],
    })
    expect(result.why).toMatch(why)
  })

  test('an uncommitted waiver counts as written by the current user', async () => {
    await using repository = await waived()
    await repository.git('config', 'user.name', 'jonas')
    await repository.git('config', 'user.email', 'jonas@x.example')
    await repository.write(file, waiverText({ reason: 'For everyone, really' }))
    expect((await outcome(repository)).why).toMatch(/@jonas can’t approve what jonas wrote/)
  })

  test('an approval with proof is verified; one without counts only if none is required', async () => {
    await using repository = await waived({ approved_by: '' })
    await repository.write(file, waiverText())
    await repository.signed('Approve the waiver', 'jonas')
    expect(await outcome(repository)).toMatchObject({ state: 'active', approval: 'verified' })
    await repository.write(file, waiverText({ reason: 'Something else' }))
    await repository.commit('Another reason', 'aisha')
    expect(await outcome(repository)).toMatchObject({ state: 'active', approval: 'unverified' })
    await repository.configure('require_approval: true\npeople:\n  "@jonas": [jonas@x.example]')
    const strict = await outcome(repository)
    expect(strict).toMatchObject({ waived: null, state: 'not approved' })
    expect(strict.why).toMatch(/changed since it was approved/)
  })
})

describe('an invalid file of waivers is reported with its line', () => {
  test.each<[string, string, RegExp]>([
    ['no reason', waiverText({ reason: '' }), /prod\.yaml:2:\d+: waivers\.0\.reason is missing/],
    [
      'an empty reason',
      waiverText({ reason: '" "' }),
      /prod\.yaml:4:5: waivers\.0\.reason must not be empty/,
    ],
    [
      'a day that is no instant',
      waiverText({ expires: '2026-06-01' }),
      /prod\.yaml:7:5: .*must be a UTC instant/,
    ],
    [
      'a time of another zone',
      waiverText({ expires: '"2026-06-01T00:00:00+02:00"' }),
      /must be a UTC instant/,
    ],
    ['a key misspelt', waiverText({ ruel: 'x' }), /unknown key "ruel"/],
    ['no list', 'waivers: {}\n', /waivers must be a list/],
  ])('%s', async (_name, text, problem) => {
    await using repository = await governed()
    await repository.write(file, text)
    expect(bad(await loadGovernance(await repository.project())).join('\n')).toMatch(problem)
  })

  test('an unknown rule in a waiver is reported', async () => {
    await using repository = await waived({ rule: 'no-such-rule' })
    expect((await outcome(repository)).upkeep).toEqual([`error waiver-unknown-rule ${file}:2`])
  })
})

describe('a proposal', () => {
  const request = { reason: 'Known, and gone next month', expires: new Date('2026-04-01T00:00:00Z') }

  test('is written into a new file and waits for its approval', async () => {
    await using repository = await governed()
    const place = good(
      await proposeWaiver(await repository.project(), finding(), { ...request, targetOnly: true }),
    )
    expect(place).toEqual({ file: 'waivers/waivers.yaml', line: 2, column: 3 })
    expect(readFileSync(join(repository.folder, place.file), 'utf8')).toBe(`waivers:
  - rule: route-without-authentication
    entity: route rates
    target: prod-eu
    reason: Known, and gone next month
    owner: tess
    expires: 2026-04-01T00:00:00Z
`)
    expect(await outcome(repository)).toMatchObject({ waived: null, state: 'not approved' })
  })

  test('is added to a file that keeps its comments', async () => {
    await using repository = await governed()
    await repository.configure('waivers: [waivers/prod.yaml]')
    const before = `# Who bears what.\n${waiverText()}    # Until the move.\n`
    await repository.write(file, before)
    const place = good(await proposeWaiver(await repository.project(), finding(), request))
    const text = readFileSync(join(repository.folder, file), 'utf8')
    expect(text).toContain('# Who bears what.\n')
    expect(text).toContain('# Until the move.\n')
    expect(text.split('\n')[place.line - 1]).toBe('  - rule: route-without-authentication')
    const { waivers } = await repository.governance()
    expect(waivers.map(waiver => waiver.document.owner)).toEqual(['@aisha', 'tess'])
  })

  test.each([
    ['no reason', { ...request, reason: '  ' }, /needs a reason/],
    ['an end that has passed', { ...request, expires: new Date('2026-02-01T00:00:00Z') }, /180 days at most/],
    ['an end too far', { ...request, expires: new Date('2026-12-01T00:00:00Z') }, /180 days at most/],
  ])('is refused with %s', async (_name, asked, problem) => {
    await using repository = await governed()
    expect(bad(await proposeWaiver(await repository.project(), finding(), asked)).join()).toMatch(problem)
  })

  test('names its owner, if that is somebody else', async () => {
    await using repository = await governed()
    good(await proposeWaiver(await repository.project(), finding(), { ...request, owner: '@mira' }))
    const { waivers } = await repository.governance()
    expect(waivers.map(waiver => waiver.document.owner)).toEqual(['@mira'])
  })

  test('is refused for a name that would also match others', async () => {
    await using repository = await governed()
    const wide = { ...finding(), name: '*' }
    expect(bad(await proposeWaiver(await repository.project(), wide, request)).join()).toMatch(
      /matches anything/,
    )
  })

  test.each(['../waivers.yaml', 'out/waivers.yaml'])(
    'is not written into %s, which leads out of the repository',
    async path => {
      await using repository = await governed()
      await using elsewhere = await scratch()
      await symlink(elsewhere.folder, join(repository.folder, 'out'))
      await repository.configure(`waivers: [${path}]`)
      const problems = bad(await proposeWaiver(await repository.project(), finding(), request))
      expect(problems.join()).toContain('waivers.yaml is not written: it leads out of')
      expect(existsSync(join(repository.folder, path))).toBe(false)
    },
  )

  test('is refused while the findings of a commit are shown', async () => {
    await using repository = await governed()
    await repository.git('add', '-A')
    await repository.git('-c', 'user.name=t', '-c', 'user.email=t@x.example', 'commit', '-q', '-m', 'first')
    const project = await repository.project({ ref: 'HEAD' })
    expect(bad(await proposeWaiver(project, finding(), request)).join()).toMatch(/shows commit [0-9a-f]{7}/)
  })
})
