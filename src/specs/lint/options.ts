/** Rulesets that come with gatewatch: Spectral's for OpenAPI, and that for OWASP's API Security Top 10 of 2023. */
export type BuiltinRuleset = 'oas' | 'owasp'

/** How specifications are linted. */
export interface LintOptions {
  /** The repository's folder: paths are relative to it, and no file outside is read. */
  readonly root: string
  /** Without any: both. */
  readonly builtin?: readonly BuiltinRuleset[]
  /** The path of the repository's own ruleset, in Spectral's format. */
  readonly ruleset?: string
  /** Folders in the repository whose JavaScript functions a ruleset may use. Without any, none. */
  readonly functionFolders?: readonly string[]
  /** Hosts whose files references may lead to. Without any, none. */
  readonly allowedHosts?: readonly string[]
  /** Which design document of an Insomnia export: its name or id. */
  readonly design?: string
  /** Where answers are kept for files that have not changed; without it none are. */
  readonly cacheFolder?: string
  /** How long one specification may take; 30 seconds by default. */
  readonly timeLimitMs?: number
  /** How much memory linting may take; 1,500 MB by default. */
  readonly memoryLimitMb?: number
  readonly signal?: AbortSignal
}
