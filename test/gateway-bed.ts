import { mkdtempSync, writeFileSync } from 'node:fs'
import { rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Problem } from '../src/model/problem.ts'
import type { Drift } from '../src/reconcile/drift/drift.ts'
import type { Plan } from '../src/reconcile/plan/plan.ts'
import { launchSandbox, type RunningSandbox } from '../src/sandbox/index.ts'
import { openProject, type ProjectOptions } from '../src/workflows/project/open-project.ts'
import type { Project } from '../src/workflows/project/project.ts'
import { type Compared, compareTarget, problemsOf } from '../src/workflows/reading/compare-target.ts'
import { planFor, sync } from '../src/workflows/syncing/sync.ts'

/** How a manifest is compared or synced, besides the manifest itself. */
export type BedOptions = Partial<Pick<ProjectOptions, 'selectTags' | 'env' | 'skips' | 'connection'>> & {
  /** False: nothing is deleted. */
  readonly deletes?: boolean
}

/** The text of a manifest file, or those of several. */
export type Manifest = string | readonly string[]

/** What was found: a drift, or the problems that stand against one. */
export type Found = { readonly drift: Drift } | { readonly problems: readonly Problem[] }

/** How a sync went. */
export interface Synced {
  readonly plan: Plan | undefined
  readonly problems: readonly Problem[]
  /** Writes that the gateway saw, as `PUT /services/…`. */
  readonly writes: readonly string[]
}

/** A gateway of the sandbox, and manifests compared with it and synced to it as the commands do. */
export class GatewayBed implements AsyncDisposable {
  readonly #sandbox: RunningSandbox
  readonly #folder: string

  private constructor(sandbox: RunningSandbox, folder: string) {
    this.#sandbox = sandbox
    this.#folder = folder
  }

  static async start({
    schemas,
    ...gateway
  }: {
    readonly dbless?: boolean
    readonly schemas?: string
    /** The port of a proxy; 0: any. */
    readonly proxyPort?: number
  } = {}): Promise<GatewayBed> {
    const sandbox = await launchSandbox({
      schemas,
      gateways: [{ name: 'bed', proxyPort: false, faults: true, ...gateway }],
    })
    return new GatewayBed(sandbox, mkdtempSync(join(tmpdir(), 'gatewatch-bed-')))
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#sandbox.stop()
    await rm(this.#folder, { recursive: true })
  }

  /** Where manifests and what is kept of syncs are. */
  get folder(): string {
    return this.#folder
  }

  get address(): string {
    return this.#sandbox.gateways[0]?.adminUrl ?? ''
  }

  /** Where its proxy answers requests, where it has one. */
  get proxy(): string {
    return this.#sandbox.gateways[0]?.proxyUrl ?? ''
  }

  get control(): ReturnType<RunningSandbox['control']> {
    return this.#sandbox.control('bed')
  }

  /** Empties the gateway. */
  async clear(): Promise<void> {
    await this.control.setState({})
    await this.control.setFaults([])
    await this.control.forgetRequests()
  }

  /** A request to the Admin API, as somebody else makes it; throws where it is refused. */
  async request(method: string, path: string, body?: unknown): Promise<unknown> {
    const answer = await fetch(this.address + path, {
      method,
      headers: { 'content-type': 'application/json' },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    })
    const text = await answer.text()
    if (!answer.ok) throw new Error(`${method} ${path}: ${answer.status} ${text}`)
    return text === '' ? undefined : JSON.parse(text)
  }

  /** Writes a manifest of one file and says where it is. */
  file(manifest: string): string {
    const [file = ''] = this.files([manifest])
    return file
  }

  /** Writes a manifest of several files and says where they are. */
  files(manifest: Manifest): readonly string[] {
    const texts = typeof manifest === 'string' ? [manifest] : manifest
    return texts.map((text, i) => {
      const file = join(this.#folder, i === 0 ? 'kong.yaml' : `kong-${i + 1}.yaml`)
      writeFileSync(file, text)
      return file
    })
  }

  async #compare(
    manifest: Manifest,
    { deletes: _, ...options }: BedOptions,
  ): Promise<{ readonly project: Project; readonly compared: Compared } | readonly Problem[]> {
    const project = await openProject({
      cwd: this.#folder,
      kongAddr: this.address,
      files: this.files(manifest),
      stateFolder: this.#folder,
      env: {},
      ...options,
    })
    if (!project.ok) return project.error
    const [target] = project.value.targets
    if (!target) throw new Error('no target')
    const compared = await compareTarget(project.value, target, AbortSignal.timeout(60_000))
    if (!compared.ok) return problemsOf(compared.error)
    await compared.value.session[Symbol.asyncDispose]()
    return { project: project.value, compared: compared.value }
  }

  async diff(manifest: Manifest, options: BedOptions = {}): Promise<Found> {
    const found = await this.#compare(manifest, options)
    return 'compared' in found ? { drift: found.compared.drift } : { problems: found }
  }

  /** The changes of a diff in short, as `update service a: port, tags`; throws where there are problems. */
  async changes(manifest: Manifest, options?: BedOptions): Promise<readonly string[]> {
    const found = await this.diff(manifest, options)
    if ('problems' in found) throw new Error(found.problems.map(each => each.message).join('\n'))
    return found.drift.changes
      .map(change => {
        const fields = change.fields.map(field => field.path).join(', ')
        const named = `${change.operation} ${change.kind} ${change.name}`
        return change.operation === 'update' ? `${named}: ${fields}` : named
      })
      .sort()
  }

  async sync(manifest: Manifest, options: BedOptions = {}): Promise<Synced> {
    await this.control.forgetRequests()
    const found = await this.#compare(manifest, options)
    if (!('compared' in found)) return { plan: undefined, problems: found, writes: [] }
    const { project, compared } = found
    const choice = { excluded: new Set<string>(), deletes: options.deletes ?? true, allowDeletes: 100_000 }
    const plan = planFor(project, compared, choice)
    if (!plan.ok) return { plan: undefined, problems: plan.error, writes: [] }
    for await (const event of sync(project, plan.value, AbortSignal.timeout(60_000))) {
      if (event.type !== 'ended') continue
      return { plan: plan.value, problems: event.result.problems, writes: await this.writes() }
    }
    throw new Error('the sync did not end')
  }

  /** The writes that reached the gateway, validations aside. */
  async writes(): Promise<readonly string[]> {
    const requests = await this.control.requests()
    return requests
      .filter(({ method, path }) => method !== 'GET' && !path.endsWith('/validate'))
      .map(({ method, path }) => `${method} ${path}`)
  }
}
