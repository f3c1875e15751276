import { type AdminApi, adminApi } from '../admin/admin-api.ts'
import type { Endpoint } from '../admin/endpoint.ts'
import { AdminServer } from '../admin/server.ts'
import { configEndpoint, noConfigEndpoint } from '../declarative/config-endpoint.ts'
import { FileParser } from '../declarative/parse-file.ts'
import type { YamlReader } from '../declarative/yaml-reader.ts'
import type { Facts } from '../facts.ts'
import { type Fault, Faults } from '../faults/faults.ts'
import { Pacer } from '../faults/pacer.ts'
import { RequestLog } from '../faults/request-log.ts'
import type { Json, JsonObject } from '../json.ts'
import { ConfigurationError, type GatewayConfiguration, readSeed } from '../process/configuration.ts'
import { ProxyServer } from '../proxy/server.ts'
import type { SchemaLibrary } from '../schema/compile/library.ts'
import { type GatewayState, gatewayState } from './gateway-state.ts'
import { savedLists, seed } from './seed.ts'
import { readStateFile, writeStateFile } from './state-file.ts'

/** What all gateways of a sandbox share. */
export interface GatewayParts {
  readonly facts: Facts
  readonly library: SchemaLibrary
  /** Only there where a gateway reads files. */
  readonly readYaml: YamlReader | undefined
}

const wait = (ms: number) => new Promise<void>(resolve => setTimeout(resolve, ms))

/** One running gateway of the sandbox. */
export class Gateway {
  readonly name: string
  /** Whether the control server knows it. */
  readonly hasControl: boolean
  readonly log = new RequestLog()
  readonly #parts: GatewayParts
  readonly #configuration: GatewayConfiguration
  readonly #faults = new Faults()
  readonly #server: AdminServer
  readonly #proxy: ProxyServer | undefined
  readonly #config: Endpoint
  #state: GatewayState
  #api: AdminApi

  /** Throws a `ConfigurationError` for a seed that it cannot hold. */
  constructor(configuration: GatewayConfiguration, parts: GatewayParts) {
    const { readYaml, library, facts } = parts
    this.name = configuration.name
    this.hasControl = configuration.faults === true
    this.#configuration = configuration
    this.#parts = parts
    this.#config =
      configuration.dbless === true && readYaml !== undefined
        ? configEndpoint(new FileParser(library), readYaml)
        : noConfigEndpoint
    this.#state = this.#empty()
    this.#api = adminApi(this.#state, [this.#config])
    const { stateFile } = configuration
    const saved = stateFile === undefined ? undefined : readStateFile(stateFile, library, readYaml)
    const given = saved ?? configuration.seed
    if (given !== undefined) seed(this.#state, this.#api, given)
    this.#server = new AdminServer({
      api: () => this.#api,
      faults: this.#faults,
      log: this.hasControl ? this.log : undefined,
      pacer: configuration.pace === undefined ? undefined : new Pacer(configuration.pace),
      version: facts.version,
    })
    if (configuration.proxyPort !== false) this.#proxy = new ProxyServer(() => this.#state, facts.version)
  }

  get adminUrl(): string {
    return `http://127.0.0.1:${this.#server.listener.port}`
  }

  get proxyUrl(): string | null {
    return this.#proxy === undefined ? null : `http://127.0.0.1:${this.#proxy.listener.port}`
  }

  get faults(): readonly Fault[] {
    return this.#faults.all
  }

  /** Starts to listen, with the faults that it has from the start. Rejects with a `ConfigurationError`. */
  async start(): Promise<void> {
    const { adminPort = 0, proxyPort, startWith = [] } = this.#configuration
    const taken = (error: unknown) => {
      throw new ConfigurationError(
        `gateway ${this.name}: ${error instanceof Error ? error.message : String(error)}`,
      )
    }
    await this.#server.listener.listen(adminPort).catch(taken)
    await this.#proxy?.listener.listen(typeof proxyPort === 'number' ? proxyPort : 0).catch(taken)
    const { listening } = this.#state
    listening.admin = `127.0.0.1:${this.#server.listener.port}`
    listening.proxy = this.#proxy === undefined ? undefined : `127.0.0.1:${this.#proxy.listener.port}`
    await this.setFaults(startWith)
  }

  /** Replaces the current faults by these. */
  async setFaults(faults: readonly Fault[]): Promise<void> {
    this.#faults.set(faults)
    this.#state.isDatabaseReachable = !this.#faults.isWithoutDatabase
    if (this.#faults.isRefused) await this.#silence()
    else await this.#comeBack()
  }

  /** Breaks all connections, stays away, and returns with its entities, or with none. */
  async restart(keep: boolean, downMs: number): Promise<void> {
    await this.#silence()
    if (!keep) this.#become(this.#empty())
    if (downMs > 0) await wait(downMs)
    if (!this.#faults.isRefused) await this.#comeBack()
  }

  /** Everything it holds, as lists by Admin API path. */
  savedState(): Record<string, JsonObject[]> {
    return savedLists(this.#state)
  }

  /** Replaces everything it holds by lists. Throws a `ConfigurationError` for invalid entities. */
  replaceState(lists: Json | undefined): void {
    const state = this.#empty()
    const api = adminApi(state, [this.#config])
    seed(state, api, readSeed(lists ?? null, 'state'))
    this.#become(state)
  }

  /** Stops, and saves its entities if it has a file for them. */
  async stop(): Promise<void> {
    await this.#silence()
    const { stateFile } = this.#configuration
    if (stateFile !== undefined) writeStateFile(stateFile, this.#state)
  }

  async #silence(): Promise<void> {
    await Promise.all([this.#server.listener.silence(), this.#proxy?.listener.silence()])
  }

  async #comeBack(): Promise<void> {
    await Promise.all([this.#server.listener.comeBack(), this.#proxy?.listener.comeBack()])
  }

  #empty(): GatewayState {
    return gatewayState(
      this.name,
      this.#parts.facts,
      this.#parts.library,
      this.#configuration.dbless === true,
    )
  }

  #become(state: GatewayState): void {
    Object.assign(state.listening, this.#state.listening)
    state.isDatabaseReachable = !this.#faults.isWithoutDatabase
    this.#state = state
    this.#api = adminApi(state, [this.#config])
  }
}
