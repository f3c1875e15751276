import * as z from 'zod'
import type { Json } from '../../model/json.ts'
import { fail, type Place, type Result, succeed } from '../../model/problem.ts'
import { interims } from '../../providers/session.ts'
import { causeNames } from '../drift/causes.ts'
import { planDigest } from './make-plan.ts'
import type { Plan } from './plan.ts'

const json: z.ZodType<Json> = z.json()
const fields = z.record(z.string(), json)
const ref = z.object({ kind: z.string(), key: z.string() })
const place = z.object({ file: z.string(), line: z.number(), column: z.number() })
const operation = z.enum(['create', 'update', 'delete'])
const cause = z.enum(causeNames)
const change = z.object({
  id: z.string(),
  operation,
  kind: z.string(),
  key: z.string(),
  name: z.string(),
  cause,
  fields: z.array(
    z
      .object({
        path: z.string(),
        git: json.optional(),
        live: json.optional(),
        base: json.optional(),
        cause,
        source: place.exactOptional(),
      })
      .transform(field => ({ ...field, git: field.git, live: field.live, base: field.base })),
  ),
  source: place.exactOptional(),
  commit: z
    .object({ commit: z.string(), author: z.string(), at: z.string(), summary: z.string() })
    .exactOptional(),
  liveUpdatedAt: z.number().exactOptional(),
  liveId: z.string().exactOptional(),
  cutOff: z.object({ sync: z.string(), at: z.string(), by: z.string() }).exactOptional(),
  needs: z.array(z.string()),
  cascades: z.array(ref),
})
const step = z.object({
  id: z.string(),
  payload: fields,
  covers: z.array(z.string()),
  cascades: z.array(ref),
  secrets: z.array(z.string()),
  preview: z.string(),
  repeatable: z.boolean(),
  reversible: z.union([z.literal(true), z.string()]),
  overwrites: z.array(z.string()).exactOptional(),
  leaves: fields.nullable().exactOptional(),
  about: ref.extend({ name: z.string() }).exactOptional(),
  interim: z.enum(interims).exactOptional(),
  order: z.number(),
})
const ignored = z.object({
  kind: z.string(),
  key: z.string(),
  name: z.string(),
  operation,
  fields: z.array(z.string()),
  rule: z.object({
    kind: z.string(),
    name: z.string(),
    field: z.string().exactOptional(),
    reason: z.string(),
    expires: z.string().exactOptional(),
    place,
  }),
})
const planSchema = z.object({
  version: z.union([z.literal(1), z.literal(2)]),
  id: z.string(),
  target: z.string(),
  address: z.string(),
  workspace: z.string().exactOptional(),
  readAt: z.iso.datetime(),
  manifest: z.object({
    repository: z.string().nullable(),
    commit: z.string().nullable(),
    files: z.array(z.string()),
    digest: z.string(),
  }),
  mode: z.object({ deletes: z.boolean() }),
  changes: z.array(change),
  leftOut: z.array(
    z.object({ change, by: z.enum(['you', 'follows', 'mode']), follows: z.string().exactOptional() }),
  ),
  steps: z.array(step),
  preconditions: z.array(
    z.object({
      entity: ref,
      id: z.string().nullable(),
      name: z.string().exactOptional(),
      fields: fields.nullable(),
    }),
  ),
  notOurs: z.array(ref),
  ignored: z.array(ignored),
  cascades: z.array(ref),
  unknown: z
    .array(
      z.object({
        kind: z.string(),
        why: z.string(),
        concerns: z.array(ref.extend({ name: z.string() })),
        accepted: z.string().nullable(),
      }),
    )
    .exactOptional(),
  undoes: z.string().exactOptional(),
  kept: z.array(z.object({ kind: z.string(), key: z.string(), reason: z.string() })).exactOptional(),
})

/**
 * How a plan was requested that was made for an address rather than for a target of a configuration. It isn't part of
 * the plan, and whoever applies it need not believe it.
 */
export interface PlanOrigin {
  /** The manifest files as they were named. */
  readonly files: readonly string[]
  /** What only the maker of the plan can have written: see `originText`. */
  readonly proof: string
}

const originSchema = z.object({ made: z.object({ files: z.array(z.string()), proof: z.string() }) })

/** The input of the proof of origin. */
export function originText({ id, address }: Plan, files: readonly string[]): string {
  return JSON.stringify(['plan', id, address, files])
}

/** A plan's text, for a file that is reviewed and applied later. */
export function planText(plan: Plan, made?: PlanOrigin): string {
  return `${JSON.stringify(made ? { ...plan, made } : plan, null, 2)}\n`
}

/** How a saved plan was requested; null: for a target of a configuration, or it doesn't say. */
export function readOrigin(text: string): PlanOrigin | null {
  const parsed = originSchema.safeParse(JSON.parse(text))
  return parsed.success ? parsed.data.made : null
}

/** Reads a saved plan. Refuses it if it isn't a plan, or was edited after it was made. */
export function parsePlan(text: string, file: string): Result<Plan> {
  const at = { file, line: 1, column: 1 }
  let value: unknown
  try {
    value = JSON.parse(text)
  } catch (error) {
    const detail = error instanceof Error ? error.message : String(error)
    return fail([
      { code: 'bad-plan', place: at, message: `not JSON (${detail})`, hint: 'Make the plan again.' },
    ])
  }
  return planFrom(withoutOrigin(value), at)
}

function withoutOrigin(value: unknown): unknown {
  if (typeof value !== 'object' || value === null || !('made' in value)) return value
  const { made: _, ...plan } = value
  return plan
}

/**
 * A plan from its JSON at `at`. Refuses it if it isn't a plan, or was edited after it was made; with `unchanged` it is
 * known that it wasn't.
 */
export function planFrom(
  value: unknown,
  at: Place,
  { unchanged = false }: { readonly unchanged?: boolean } = {},
): Result<Plan> {
  const parsed = planSchema.safeParse(value)
  if (!parsed.success) {
    const issue = parsed.error.issues[0]
    const where = issue ? ` (${issue.path.join('.') || 'top'}: ${issue.message})` : ''
    return fail([
      {
        code: 'bad-plan',
        place: at,
        message: `not a plan of this version of gatewatch${where}`,
        hint: 'Make the plan again.',
      },
    ])
  }
  const { id, ...content } = parsed.data
  if (!unchanged && !isUnchanged(value, id)) {
    return fail([
      {
        code: 'edited-plan',
        place: at,
        message: 'this plan was changed after it was made, so it is not what was reviewed',
        hint: 'Make the plan again, and use --exclude to leave changes out.',
      },
    ])
  }
  return succeed({ id, ...content })
}

/** Whether the content still has the digest that is its id. */
function isUnchanged(value: unknown, id: string): boolean {
  if (typeof value !== 'object' || value === null) return false
  const { id: _, ...content } = Object.fromEntries(Object.entries(value))
  return planDigest(content) === id
}
