import { execFile } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { chmod } from 'node:fs/promises'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { type Governance, loadGovernance } from '../../src/workflows/governance/load-governance.ts'
import { openProject } from '../../src/workflows/project/open-project.ts'
import type { Project } from '../../src/workflows/project/project.ts'
import { good, type Scratch, scratch } from './repo-scratch.ts'

const run = promisify(execFile)

/** The moment at which all tests look. */
export const now = new Date('2026-03-01T00:00:00Z')

const fleet = `version: 1
name: payments
environments: [dev, prod]
targets:
  dev: { environment: dev, kong: { address: "http://127.0.0.1:9" }, manifests: [kong] }
  prod-eu: { environment: prod, kong: { address: "http://127.0.0.1:9" }, manifests: [kong] }
specifications: [specs/*.yaml]
policies: [policies/*.yaml]
`

/** A policy of which a test changes some lines. */
export function policyText(changes: Readonly<Record<string, string>> = {}): string {
  const lines: Record<string, string> = {
    id: 'timeouts',
    title: 'No caller waits for more than a minute',
    state: 'approved',
    severity: '{ default: warn, prod: block }',
    select: '{ kind: service }',
    assert: '{ read_timeout: { at_most: 60000 } }',
    message: 'waits {read_timeout} ms',
    rationale: 'Connections that wait are connections that others do not get.',
    fix: 'Answer at once.',
    examples: `
  - expect: pass
    manifest: { services: [{ name: a, host: a.internal, read_timeout: 1000 }] }
  - expect: fail
    manifest: { services: [{ name: a, host: a.internal, read_timeout: 90000 }] }
    finds: [service a]`,
    ...changes,
  }
  return `${Object.entries(lines)
    .map(([key, value]) => `${key}: ${value}`)
    .join('\n')}\n`
}

/** A repository with a fleet, made for one test; people sign with keys of their own. */
export interface GovernedRepository extends Scratch {
  /** What `gatewatch.yaml` says of governance, as YAML. */
  configure(governance: string): Promise<void>
  project(options?: { readonly ref?: string; readonly now?: Date }): Promise<Project>
  governance(options?: { readonly ref?: string; readonly now?: Date }): Promise<Governance>
  /** A commit that a person signs; `key` is whose key is used, theirs unless given. */
  signed(message: string, person: string, key?: string): Promise<string>
}

/** Makes one, with the keys of these people trusted. */
export async function governed(trusted: readonly string[] = []): Promise<GovernedRepository> {
  const repository = await scratch()
  const keys = new Map<string, string>()
  const keyOf = async (person: string): Promise<string> => {
    const known = keys.get(person)
    if (known !== undefined) return known
    const file = join(repository.folder, '.git', `key-${person}`)
    await run('ssh-keygen', ['-q', '-t', 'ed25519', '-N', '', '-C', person, '-f', file])
    await chmod(file, 0o600)
    keys.set(person, file)
    return file
  }
  const signers: string[] = []
  for (const person of trusted) {
    const [type = '', key = ''] = readFileSync(`${await keyOf(person)}.pub`, 'utf8').split(' ')
    signers.push(`${person}@x.example ${type} ${key}`)
  }
  const signersFile = join(repository.folder, '.git', 'allowed-signers')
  await repository.write('.git/allowed-signers', `${signers.join('\n')}\n`)
  await repository.git('config', 'gpg.format', 'ssh')
  await repository.git('config', 'gpg.ssh.allowedSignersFile', signersFile)
  await repository.write('gatewatch.yaml', fleet)
  await repository.write('kong/kong.yaml', '_format_version: "3.0"\n')
  const project: GovernedRepository['project'] = async (options = {}) =>
    good(
      await openProject({
        cwd: repository.folder,
        env: {},
        config: join(repository.folder, 'gatewatch.yaml'),
        stateFolder: join(repository.folder, '.git', 'gatewatch-state'),
        now: () => options.now ?? now,
        user: 'tess',
        ...(options.ref === undefined ? {} : { ref: options.ref }),
      }),
    )
  return {
    ...repository,
    async configure(governance) {
      const indented = governance.replaceAll(/^/gm, '  ')
      await repository.write('gatewatch.yaml', `${fleet}governance:\n${indented}\n`)
    },
    project,
    governance: async options => good(await loadGovernance(await project(options))),
    async signed(message, person, key = person) {
      await repository.git('add', '-A')
      await repository.git(
        ...['-c', `user.signingkey=${await keyOf(key)}`, 'commit', '-q', '-S', '-m', message],
        ...[`--author=${person} <${person}@x.example>`, '--date=2026-02-20T00:00:00Z'],
      )
      return await repository.git('rev-parse', 'HEAD')
    },
    [Symbol.asyncDispose]: () => repository[Symbol.asyncDispose](),
  }
}
