import { execFileSync } from 'node:child_process'
import {
  chmodSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  realpathSync,
  writeFileSync,
} from 'node:fs'
import { rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { delimiter, join, relative } from 'node:path'
import { spawn } from '@lydell/node-pty'
import { launchSandbox, type RunningSandbox } from '../../src/sandbox/index.ts'
import { key as certificateKey, otherKey } from '../certificates.ts'
import { runCommand } from '../command-run.ts'
import { Driver, type StartOptions } from '../e2e/driver.ts'
import { type Ended, gatewatch, project } from '../program.ts'
import { Canaries } from './canaries.ts'
import { customSchema, manifestOf, variablesOf } from './canary-manifest.ts'

/** What was searched, by all beds together. */
export const searched = {
  kinds: 0,
  outputs: 0,
  files: new Set<string>(),
  objects: new Set<string>(),
  calls: 0,
  found: 0,
}

/** A repository, a gateway and a user's folders that are full of canaries; whatever comes of them is searched. */
export class CanaryBed implements AsyncDisposable {
  readonly canaries = new Canaries()
  /** The folder of everything below. */
  readonly base = realpathSync(mkdtempSync(join(tmpdir(), 'gatewatch-canaries-')))
  /** The repository, in which commands are run. */
  readonly work = join(this.base, 'fleet')
  /** Where gatewatch keeps what is the user's. */
  readonly state = join(this.base, 'state')
  readonly sandbox: RunningSandbox
  /** Canaries that were found, and where. */
  readonly found: string[] = []
  #env: Record<string, string> = {}
  readonly #path = process.env.PATH

  private constructor(sandbox: RunningSandbox) {
    this.sandbox = sandbox
  }

  static async start({ dbless = false } = {}): Promise<CanaryBed> {
    const schemas = mkdtempSync(join(tmpdir(), 'gatewatch-canary-schemas-'))
    mkdirSync(join(schemas, 'plugins'))
    writeFileSync(join(schemas, 'plugins', 'custom-guard.json'), JSON.stringify(customSchema))
    const sandbox = await launchSandbox({
      schemas,
      gateways: [{ name: 'one', proxyPort: false, dbless }],
    })
    await rm(schemas, { recursive: true })
    const bed = new CanaryBed(sandbox)
    bed.#furnish()
    return bed
  }

  async [Symbol.asyncDispose](): Promise<void> {
    process.env.PATH = this.#path
    await this.sandbox.stop()
    await rm(this.base, { recursive: true })
  }

  get address(): string {
    return this.sandbox.gateways[0]?.adminUrl ?? ''
  }

  get env(): Readonly<Record<string, string>> {
    return this.#env
  }

  #furnish(): void {
    for (const folder of [this.work, this.state, join(this.base, 'bin')]) mkdirSync(folder)
    for (const [kind, pem] of [
      ['a private key', certificateKey],
      ['another private key', otherKey],
    ] as const)
      this.canaries.given(kind, 'always', pem.split('\n')[2] ?? '')
    // Whatever git is told by arguments, every user of the machine can see.
    const git = execFileSync('which', ['git'], { encoding: 'utf8' }).trim()
    writeFileSync(
      join(this.base, 'bin', 'git'),
      `#!/bin/sh\nprintf '%s\\n' "$*" >> ${this.#calls}\nexec ${git} "$@"\n`,
    )
    chmodSync(join(this.base, 'bin', 'git'), 0o755)
    process.env.PATH = `${join(this.base, 'bin')}${delimiter}${this.#path}`
    writeFileSync(
      join(this.work, 'gatewatch.yaml'),
      `version: 1
environments: [dev, prod]
targets:
  one:
    environment: dev
    kong: {address: "${this.address}", headers: {Kong-Admin-Token: {env: GATEWATCH_TOKEN}}}
    manifests: [kong.yaml]
`,
    )
    this.git('init', '-q', '-b', 'main')
    this.git('config', 'user.name', 'Mira')
    this.git('config', 'user.email', 'm@x.example')
    // Manifests with secrets in clear are people's own; what gatewatch itself writes into a repository is searched.
    writeFileSync(join(this.work, '.gitignore'), '/kong*.yaml\n')
    this.git('add', '.')
    this.git('commit', '-q', '-m', 'A fleet')
  }

  get #calls(): string {
    return join(this.base, 'calls-of-git')
  }

  git(...args: readonly string[]): string {
    return execFileSync('git', args, { cwd: this.work, encoding: 'utf8', maxBuffer: 1 << 28 })
  }

  /** Puts a manifest with the canaries of a round in place, and its variables. */
  async manifests(round: string, text = manifestOf(this.canaries, round)): Promise<void> {
    writeFileSync(join(this.work, 'kong.yaml'), text)
    this.#env = {
      GATEWATCH_STATE_DIR: this.state,
      GATEWATCH_TOKEN: this.canaries.text('the token of the Admin API', 'always'),
      ...variablesOf(this.canaries, round),
    }
    searched.kinds = Math.max(searched.kinds, this.canaries.kinds)
    const trusted = await this.run('trust', '--print')
    this.#env = { ...this.#env, GATEWATCH_TRUST: trusted.out.trim() }
  }

  /** Other variables for the commands that follow. */
  set(variables: Readonly<Record<string, string>>): void {
    this.#env = { ...this.#env, ...variables }
  }

  /** Looks for canaries in what was written or said. */
  search(where: string, text: string): void {
    searched.outputs += 1
    this.#search(where, text)
  }

  #search(where: string, text: string): void {
    for (const { kind, round, form } of this.canaries.in(text)) {
      this.found.push(`${where}: ${kind}, ${round} (${form})`)
      searched.found += 1
    }
  }

  /** Runs a command and searches what it says. */
  async run(...args: readonly string[]): Promise<Ended> {
    const ended = await this.runUnsearched(...args)
    this.search(args.join(' '), ended.out)
    this.search(`${args.join(' ')}, on standard error`, ended.err)
    return ended
  }

  /** Runs a command that shows canaries by its purpose. */
  runUnsearched(...args: readonly string[]): Promise<Ended> {
    return runCommand(args, { cwd: this.work, env: this.#env })
  }

  /** Runs the built program, and searches what it says. */
  async runProgram(args: readonly string[], env: Readonly<Record<string, string>> = {}): Promise<Ended> {
    const ended = await gatewatch(args, { cwd: this.work, env: { ...this.#env, ...env } })
    this.search(`${args.join(' ')} as a program`, ended.out + ended.err)
    return ended
  }

  /** Runs the built program on a terminal, to its end; `keys` are pressed at once. What it shows is not searched yet. */
  onTerminal(args: readonly string[], keys = ''): Promise<string> {
    const pty = spawn(process.execPath, [join(project, 'bin', 'gatewatch.js'), ...args], {
      cols: 400,
      rows: 50,
      cwd: this.work,
      env: { ...process.env, ...this.#env },
    })
    let out = ''
    pty.onData(data => {
      out += data
    })
    if (keys !== '') pty.write(keys)
    return new Promise(resolve => pty.onExit(() => resolve(out)))
  }

  /** Opens the console. */
  console(options: StartOptions = {}): Driver {
    const { env = {}, ...rest } = options
    return Driver.start([], { ...rest, cwd: this.work, env: { ...this.#env, ...env } })
  }

  /**
   * Searches all that was written to disk: every file but manifests, by name and content, every object of Git, reachable
   * or not, every ref, and what git was told by its arguments.
   */
  searchWritten(): void {
    for (const entry of readdirSync(this.base, { recursive: true, withFileTypes: true })) {
      const path = join(entry.parentPath, entry.name)
      const shown = relative(this.base, path)
      if (!entry.isFile() || /^fleet\/kong[^/]*\.yaml$|^bin\//.test(shown)) continue
      searched.files.add(path)
      this.#search(shown, shown)
      const bytes = readFileSync(path)
      this.#search(shown, bytes.toString('latin1'))
      this.#search(shown, bytes.toString('utf8'))
    }
    const objects = this.git('cat-file', '--batch-all-objects', '--batch-check=%(objectname)')
    for (const name of objects.trim().split('\n')) searched.objects.add(name)
    this.#search('the objects of Git', this.git('cat-file', '--batch-all-objects', '--batch', '--unordered'))
    this.#search('the refs of Git', this.git('for-each-ref'))
    searched.calls += existsSync(this.#calls) ? readFileSync(this.#calls, 'utf8').split('\n').length : 0
  }

  /** Everything that was found, each once; nothing is expected. */
  finds(): readonly string[] {
    this.searchWritten()
    return [...new Set(this.found)]
  }
}
