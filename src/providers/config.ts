import type * as z from 'zod'
import type { Permissions } from '../config/permissions-schema.ts'
import type { FileNames, Sending } from '../config/sending.ts'
import type { Json } from '../model/json.ts'
import type { Place, Result } from '../model/problem.ts'
import type { Connection } from './session.ts'

/** A gateway as `gatewatch.yaml` names it. */
export interface ConfiguredGateway {
  /** As it is shown: without user and password. */
  readonly address: string
  /** False: its certificate is not checked. */
  readonly checksCertificate: boolean
  /** Whether it needs nobody's trust: this machine is asked, and no credential goes along. */
  readonly isFree: boolean
  /** What goes to it that the author of the file could gain by. */
  sending(files: FileNames): Sending
  /**
   * How to connect, with credentials taken from the environment and files. Problems name the variable or file, never
   * its value.
   */
  connection(
    target: { readonly name: string; readonly place: Place; readonly protected: boolean },
    env: Readonly<Record<string, string | undefined>>,
  ): Result<Connection>
}

/** How targets of a provider are configured. */
export interface TargetConfig {
  /** What the provider's key of a target stands for, as `A Kong gateway.` */
  readonly description: string
  /** What stands under that key. */
  readonly schema: z.ZodType
  /**
   * Takes what the schema found good.
   *
   * @param folder the folder that paths are relative to
   */
  read(given: unknown, folder: string): ConfiguredGateway
  /**
   * A first target as YAML, in lines below the provider's key; absent: the user writes them.
   *
   * @param authorization the environment variable with the value of `Authorization`, if the gateway requires it
   */
  starter?(address: string, authorization: string | undefined): readonly string[]
  /** What the command line names a gateway by where no `gatewatch.yaml` does; absent: it can't. */
  readonly outside?: OutsideSettings
}

/** Where settings come from that stand in no `gatewatch.yaml`. Of each the flag counts before the environment, and that before the file. */
export interface SettingSources {
  /** The values of flags, by their names without dashes before them. */
  readonly flags: Readonly<Record<string, Json | undefined>>
  readonly env: Readonly<Record<string, string | undefined>>
  readonly file: SettingsFile | undefined
  /** The folder that paths are relative to. */
  readonly cwd: string
  /** False: what is sent along to be let in is left out, for the gateway is not the one that it was set for. */
  readonly credentials?: boolean
}

/** A file of settings: values by the names of flags, in lower case. */
export interface SettingsFile {
  /** As people name it. */
  readonly path: string
  readonly values: ReadonlyMap<string, Json>
  place(name: string): Place
}

/** A flag, a variable, or the settings file with what stands there. */
export type SettingSource = { readonly option: string } | { readonly env: string } | { readonly inFile: Json }

/** How a gateway is connected to that no `gatewatch.yaml` names. */
export interface GatewaySettings {
  /** Undefined: nothing names one. */
  readonly address: string | undefined
  readonly connection: Partial<
    Pick<Connection, 'headers' | 'timeoutMs' | 'authorities' | 'identity' | 'serverName'>
  >
  /** What did not come from flags, as `the address from DECK_KONG_ADDR`. */
  readonly origins: readonly string[]
  /** Credentials that are left out, by what they are called where they were found. */
  readonly withheld: readonly string[]
  /** Where each setting that was found comes from, by the names of flags. */
  readonly found: ReadonlyMap<string, SettingSource>
}

/** The settings of a gateway that is named by flags, the environment, or a settings file of another tool. */
export interface OutsideSettings {
  /** Whether a text is such a settings file and no fleet. */
  isFile(text: string): boolean
  readFile(path: string): Promise<Result<SettingsFile>>
  /** The file that counts where none is named; undefined where there is none. */
  homeFile(home: string | undefined): Promise<Result<SettingsFile | undefined>>
  /** Problems say where a value came from, and never what a credential is. */
  settings(sources: SettingSources): Result<GatewaySettings>
  /** The address alone; undefined: nothing names one. */
  address(sources: SettingSources): string | undefined
  /**
   * What a settings file asks for that was named by the command line, and may have come with a clone; null where nothing
   * needs to be allowed.
   */
  permissions(settings: GatewaySettings, file: string, cwd: string): Permissions | null
}
