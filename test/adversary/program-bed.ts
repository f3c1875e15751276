import { mkdtempSync } from 'node:fs'
import { rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { launchSandbox, type RunningSandbox } from '../../src/sandbox/index.ts'

/** A gateway with faults, and a folder in which the built program is run against it. */
export class ProgramBed implements AsyncDisposable {
  readonly work: string
  readonly #sandbox: RunningSandbox

  constructor(sandbox: RunningSandbox, work: string) {
    this.#sandbox = sandbox
    this.work = work
  }

  static async start<Bed extends ProgramBed>(
    this: new (
      sandbox: RunningSandbox,
      work: string,
    ) => Bed,
    gateway: { readonly dbless?: boolean } = {},
  ): Promise<Bed> {
    const sandbox = await launchSandbox({
      gateways: [{ name: 'bed', proxyPort: false, faults: true, ...gateway }],
    })
    return new this(sandbox, mkdtempSync(join(tmpdir(), 'gatewatch-program-')))
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#sandbox.stop()
    await rm(this.work, { recursive: true })
  }

  get address(): string {
    return this.#sandbox.gateways[0]?.adminUrl ?? ''
  }

  get control(): ReturnType<RunningSandbox['control']> {
    return this.#sandbox.control('bed')
  }

  get state(): string {
    return join(this.work, 'state')
  }
}
