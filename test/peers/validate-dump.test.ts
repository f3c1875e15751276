import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { orThrow, type Problem, problemText } from '../../src/model/problem.ts'
import { manifestYaml } from '../../src/providers/kong/manifest/writing/write.ts'
import { openProject } from '../../src/workflows/project/open-project.ts'
import { dumpTarget } from '../../src/workflows/tools/dump.ts'
import { validateOffline, validateOnline } from '../../src/workflows/tools/validate.ts'
import { GatewayBed } from '../gateway-bed.ts'
import { deck, describeDeck } from './deck.ts'
import { namelessPartial, newerThanPeer, pairManifests, type Sample, samples } from './file-tools.ts'

/** Nobody listens there. */
const nowhere = 'http://127.0.0.1:9'

describeDeck('decK and gatewatch', () => {
  let work: string
  const all = samples()

  beforeAll(async () => {
    work = mkdtempSync(join(tmpdir(), 'gatewatch-validate-'))
    // Built on first use.
    expect((await deck(nowhere, ['version'])).code).toBe(0)
  }, 600_000)
  afterAll(() => rmSync(work, { recursive: true }))

  it('validate, by files and by a gateway', async () => {
    await using bed = await GatewayBed.start()
    const workspaceOf = (file: Sample, address?: string) =>
      openProject({
        cwd: work,
        env: {},
        stateFolder: work,
        files: [file.path],
        ...(address === undefined ? {} : { kongAddr: address }),
      })
    const found: string[] = []
    for (const file of all) {
      for (const address of [undefined, bed.address]) {
        const args = address === undefined ? ['file', 'validate'] : ['gateway', 'validate']
        const theirs = (await deck(address ?? nowhere, [...args, file.path])).code === 0
        const project = orThrow(await workspaceOf(file, address))
        const [target] = project.targets
        if (!target) throw new Error('no target')
        const { problems } = await (address === undefined
          ? validateOffline(project, target)
          : validateOnline(project, target, AbortSignal.timeout(20_000)))
        if (theirs === (problems.length === 0) || isKnownToValidate(file, args[0] ?? '', problems)) continue
        const ours = problems.map(problemText).join(' ') || 'all right'
        found.push(`${args[0]} ${file.name}: decK ${theirs ? 'takes' : 'refuses'} it, ${ours}`)
      }
    }
    expect(found).toEqual([])
  }, 300_000)

  it('dump, each of the other’s gateway', async () => {
    await using bed = await GatewayBed.start()
    const path = join(work, 'dumped.yaml')
    const found: string[] = []
    for (const { name, text } of pairManifests(12)) {
      await bed.clear()
      writeFileSync(path, text)
      expect((await deck(bed.address, ['gateway', 'sync', path])).code).toBe(0)
      const project = orThrow(
        await openProject({ cwd: work, env: {}, stateFolder: work, kongAddr: bed.address }),
      )
      const [target] = project.targets
      if (!target) throw new Error('no target')
      const choice = { selectTags: [], withIds: false, secrets: true }
      const dumped = orThrow(await dumpTarget(target, choice, AbortSignal.timeout(20_000)))
      // decK asks for passwords and secrets that only hashes are left of.
      const hashed = /basicauth_credentials|hash_secret/.test(text)
      writeFileSync(path, manifestYaml(dumped.manifest, { literal: true }))
      const seen = await deck(bed.address, ['gateway', 'diff', '--non-zero-exit-code', path])
      // It updates oauth2 credentials for ever.
      const lines = seen.out
        .split('\n')
        .filter(line => /^(?:creating|updating|deleting) (?!oauth2-cred )/.test(line))
      if (!hashed && (seen.code === 1 || lines.length > 0))
        found.push(`${name}: decK on ours: ${lines.join(', ')}${seen.err}`)
      const theirs = await deck(bed.address, ['gateway', 'dump', '-o', path, '--yes'])
      expect(theirs.code).toBe(0)
      const drift = await bed.changes(readFileSync(path, 'utf8'))
      // What they dump as a password is its hash, and would become the password.
      const ours = drift.filter(
        change => !/basic-auth .*: password$|oauth2-cred .*: client_secret$/.test(change),
      )
      if (ours.length > 0) found.push(`${name}: ours on decK’s: ${ours.join(', ')}`)
    }
    expect(found).toEqual([])
  }, 300_000)
})

/** Why a file is validated differently: what decK does not know yet, or lets pass though a sync would not. */
function isKnownToValidate(file: Sample, where: string, problems: readonly Problem[]): boolean {
  if (problems.length === 0) {
    // decK looks nothing up by tags without a gateway, where we take it to be there.
    const lookups = where === 'file' && file.text.includes('default_lookup_tags')
    // It asks gateways about a field of its own, which an open-source one does not know.
    const skipHash = where === 'gateway' && file.text.includes('basicauth_credentials')
    return lookups || skipHash || newerThanPeer.some(part => file.name.includes(part))
  }
  // What a sync refuses: decK lets the last of keys count that are there twice, and asks no gateway about kinds that it
  // has not. With the kind its members and plugins fall away too.
  const refusedBySync = ['old-format', 'format-version', 'duplicate-key', 'other-control-plane']
  const codes = problems.map(({ code }) => code)
  return (
    codes.includes('not-supported') ||
    codes.every(code => refusedBySync.includes(code)) ||
    file.name === namelessPartial ||
    // A member of a group that is at no gateway: decK finds that out in a sync.
    file.name === 'sync/031-consumer-group-consumers-from-upstream/consumer-groups.yaml'
  )
}
