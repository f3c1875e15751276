import type { FieldPath, Kind, RawEntity } from '../model/entity.ts'
import type { Json, JsonObject } from '../model/json.ts'
import type { Problem, Result } from '../model/problem.ts'
import type { KindDefinition } from '../model/schema/kind-definition.ts'
import type { TargetIdentity } from './session.ts'

/** A manifest file as it was read; the path is how it is named to people. */
export interface ManifestFile {
  readonly path: string
  readonly text: string
}

/** What reading manifests needs from outside. */
export interface ManifestOptions {
  /** The environment that `${{ env "DECK_X" }}` is taken from. */
  readonly env: Readonly<Record<string, string | undefined>>
  /** Variables are not looked up: their names, `42` and `false` stand for their values, as in decK's render. */
  readonly mocked?: boolean
  /** Variables are not looked up: `$DECK_X` stands for each, whatever type its value is of. */
  readonly named?: boolean
  /** Lines that begin with # stay, and variables in them are not looked up. */
  readonly keepComments?: boolean
  /**
   * Takes what decK's file tools take and a sync does not: older format versions or none, keys that are there
   * twice. Each becomes a warning. What only a gateway would not take is no problem.
   */
  readonly tolerant?: boolean
}

/** Everything that one set of decK files says, merged. */
export interface Manifest {
  /**
   * All entities, flat: what was nested has its parent in the foreign field, as `{name}` or, where the parent has
   * none, `{id}`. Foreign keys written as text are one of the two as well. A consumer's `{name}` is its
   * username or else its custom_id. Holds secrets in clear.
   */
  readonly entities: readonly RawEntity[]
  /** `_info.select_tags`: the entities that these manifests own; empty: all. Not yet added to the entities' tags. */
  readonly selectTags: readonly string[]
  /** `_info.defaults` by kind, not yet applied. */
  readonly defaults: Readonly<Record<Kind, JsonObject>>
  /** Where values of variables stand in `defaults`. */
  readonly defaultVariables: Readonly<Record<Kind, readonly FieldPath[]>>
  /** `_info.default_lookup_tags` by kind: entities that may be referred to though these manifests do not hold them. */
  readonly lookupTags: Readonly<Record<Kind, readonly string[]>>
  /** `_workspace`. */
  readonly workspace?: string
  /** `_konnect.control_plane_name`. */
  readonly controlPlane?: string
  readonly files: readonly string[]
  /** What is odd but no error. */
  readonly warnings: readonly Problem[]
}

/** What of a gateway becomes a manifest. */
export interface DumpOptions {
  readonly selectTags: readonly string[]
  /** Tags of entities that are referred to and are not in the file, by the name of their list. */
  readonly lookupTags: Readonly<Record<string, readonly string[]>>
  /** With the gateway's ids; those that are needed are there in any case. */
  readonly withIds: boolean
  /** The value that stands for a field of an entity: undefined leaves it out. */
  readonly shown: (kind: KindDefinition, field: string, value: Json, entity: RawEntity) => Json | undefined
}

/** How a manifest is written. */
export interface WriteOptions {
  /** Values are to stand as they are, even where they look like an expression of the format. */
  readonly literal?: boolean
}

/** The files that say how gateways of one provider should be. */
export interface ManifestFormat {
  /** The ends of files' names that a folder is searched for, as `.yaml`. */
  readonly extensions: readonly string[]
  /** Finds and reads the files behind paths: a file is itself, a folder all manifests in it and below. */
  load(paths: readonly string[]): Promise<Result<readonly ManifestFile[]>>
  /** Reads and merges files. All problems of all files come at once, each with its place; none holds a value of a field. Pure. */
  read(files: readonly ManifestFile[], options: ManifestOptions): Result<Manifest>
  /** The same for faces that must not stand still. */
  readSliced(files: readonly ManifestFile[], options: ManifestOptions): Promise<Result<Manifest>>
  /** A manifest of what a gateway holds; fields that the gateway fills in anyway are left out by `shown`. */
  of(raws: readonly RawEntity[], options: DumpOptions): JsonObject
  /** The same as one that names the workspace that it is of, so that a sync of it finds there. */
  inWorkspace(manifest: JsonObject, workspace: string): JsonObject
  /** Several manifests as one: lists one after the other, all else from the first that has it. */
  merged(manifests: readonly JsonObject[]): JsonObject
  yaml(manifest: JsonObject, options?: WriteOptions): string
  json(manifest: JsonObject, options?: WriteOptions): string
  /** The text of a manifest that holds nothing of what another one owns, by its tags, workspace and control plane. */
  nothing(of: Pick<Manifest, 'workspace' | 'controlPlane'>, selectTags: readonly string[]): string
  /** Why a manifest is not for a gateway, and what to do; undefined: it is for it, or says nothing of that. */
  elsewhere?(
    manifest: Manifest,
    gateway: TargetIdentity,
  ): { readonly message: string; readonly hint: string } | undefined
  /** A manifest as files by their paths. */
  split(manifest: JsonObject): ReadonlyMap<string, JsonObject>
  /** A file of what a policy's example says. */
  example(document: JsonObject): ManifestFile
}
