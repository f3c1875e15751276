/** How to make a manifest from a specification. The names are those of decK's `file openapi2kong`, if it has them. */
export interface GenerateOptions {
  /** Tags of all entities; without them those of the document's `x-kong-tags`. */
  readonly selectTags?: readonly string[]
  /** What names and ids are derived from, instead of `x-kong-name` and the title. */
  readonly uuidBase?: string
  /** No ids. */
  readonly noId?: boolean
  /** Names as Inso made them, and no ids. */
  readonly insoCompatible?: boolean
  /** Plugins `openid-connect` from security requirements. */
  readonly generateSecurity?: boolean
  /** Security requirements that a gateway's plugin can't stand for are warnings, not errors. */
  readonly ignoreSecurityErrors?: boolean
  /** Schemas that require themselves without end are no error. */
  readonly ignoreCircularRefs?: boolean
  /** One service for all paths (and one for all operations) with the same servers and defaults. */
  readonly reuseServices?: boolean
  /** No routes of their own for the values of a header parameter with an `enum`. */
  readonly skipRouteByHeader?: boolean
  /** Such routes also for headers that are not required. */
  readonly treatAllHeadersAsRequired?: boolean
}
