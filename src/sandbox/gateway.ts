import { type AdminApi, adminApi } from './admin/admin-api.ts'
import type { Endpoint } from './admin/endpoint.ts'
import { AdminServer } from './admin/server.ts'
import type { GatewayConfiguration } from './configuration.ts'
import { configEndpoint, noConfigEndpoint } from './declarative/config-endpoint.ts'
import { FileParser } from './declarative/parse-file.ts'
import type { YamlReader } from './declarative/yaml-reader.ts'
import type { Facts } from './facts.ts'
import { type Fault, Faults } from './faults.ts'
import { type GatewayState, gatewayState } from './gateway-state.ts'
import { Pacer } from './pacer.ts'
import { RequestLog } from './request-log.ts'
import type { SchemaLibrary } from './schema/library.ts'
import { seed } from './seed.ts'

/** One running gateway of the sandbox. */
export class Gateway {
  readonly name: string
  readonly hasControl: boolean
  readonly log = new RequestLog()
  readonly #facts: Facts
  readonly #library: SchemaLibrary
  readonly #configuration: GatewayConfiguration
  readonly #faults = new Faults()
  readonly #server: AdminServer
  readonly #config: Endpoint
  #state: GatewayState
  #api: AdminApi

  /** A gateway without a database needs to read YAML. */
  constructor(
    configuration: GatewayConfiguration,
    facts: Facts,
    library: SchemaLibrary,
    readYaml?: YamlReader,
  ) {
    this.name = configuration.name
    this.hasControl = configuration.faults === true
    this.#configuration = configuration
    this.#facts = facts
    this.#library = library
    this.#config =
      configuration.dbless === true && readYaml !== undefined
        ? configEndpoint(new FileParser(library), readYaml)
        : noConfigEndpoint
    this.#state = this.#fresh(true)
    this.#api = adminApi(this.#state, [this.#config])
    this.#server = new AdminServer({
      api: () => this.#api,
      faults: this.#faults,
      log: this.hasControl ? this.log : undefined,
      pacer: configuration.pace === undefined ? undefined : new Pacer(configuration.pace),
      version: facts.version,
    })
  }

  get state(): GatewayState {
    return this.#state
  }

  get adminUrl(): string {
    return `http://127.0.0.1:${this.#server.port}`
  }

  get proxyUrl(): string | null {
    return null
  }

  get faults(): readonly Fault[] {
    return this.#faults.all
  }

  /** Starts to listen, with the faults that it has from the start. */
  async start(): Promise<void> {
    await this.#server.listen(this.#configuration.adminPort ?? 0)
    this.#state.listening.admin = `127.0.0.1:${this.#server.port}`
    await this.setFaults(this.#configuration.startWith ?? [])
  }

  /** Puts these faults in place of those that were. */
  async setFaults(faults: readonly Fault[]): Promise<void> {
    this.#faults.set(faults)
    if (this.#faults.isRefused) await this.#server.silence()
    else await this.#server.comeBack()
  }

  /** Breaks all connections and comes back: with what it held, or with what it was started with. */
  async restart(keep: boolean): Promise<void> {
    await this.#server.silence()
    if (!keep) {
      const { listening } = this.#state
      this.#state = this.#fresh(false)
      Object.assign(this.#state.listening, listening)
      this.#api = adminApi(this.#state, [this.#config])
    }
    if (!this.#faults.isRefused) await this.#server.comeBack()
  }

  async stop(): Promise<void> {
    await this.#server.silence()
  }

  #fresh(seeded: boolean): GatewayState {
    const state = gatewayState(this.name, this.#facts, this.#library, this.#configuration.dbless === true)
    if (seeded && this.#configuration.seed !== undefined) seed(state, this.#configuration.seed)
    return state
  }
}
