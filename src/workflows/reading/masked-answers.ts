import { isSecretMark, type RawEntity } from '../../model/entity.ts'
import { isArray, isObject, type Json } from '../../model/json.ts'
import { maskNamed } from '../../model/masking/mask-named.ts'
import { type Masker, maskerOfTexts } from '../../model/masking/masked-sentences.ts'
import { addMasked, isVariable, maskVariables } from '../../model/masking/masks.ts'
import type { SecretSink } from '../../model/masking/secret-marks.ts'
import type { Answer } from '../../model/routing/answer.ts'
import type { RecordSchema } from '../../model/schema/schema.ts'
import type { GatewayTarget, Project } from '../project/project.ts'
import { readManifestsOf } from './read-manifests.ts'

/** Whether a value of a gateway is one that a variable gave when it was last applied. */
export type FromVariable = (value: string | number | boolean) => boolean

/** What the ledger of a target knows about values from variables. */
export async function fromVariables(project: Project, target: GatewayTarget): Promise<FromVariable> {
  const { ledger } = await project.ledgers.read(target.name, target.provider.kinds)
  const read = ledger?.read()
  const { digests: sink } = project
  const known = new Set<string>()
  const collect = (value: Json): void => {
    if (typeof value !== 'object' || value === null) return
    if (!isSecretMark(value)) for (const item of isArray(value) ? value : Object.values(value)) collect(item)
    else if (isVariable(value)) known.add(value.$secret)
  }
  if (read?.ok && read.value.keyId === sink.keyId)
    for (const { fields } of Object.values(read.value.entries)) collect(fields)
  if (known.size === 0) return () => false
  return value => known.has(sink.digest(typeof value === 'string' ? value : JSON.stringify(value)))
}

/**
 * Removes from sentences the values that entities have from variables, and what the name of a field marks as a
 * credential.
 */
export function maskerOfRaws(raws: readonly RawEntity[], isFromVariable: FromVariable = () => false): Masker {
  const texts = new Set<string>()
  const add = (value: Json): void => {
    if (isArray(value)) for (const item of value) add(item)
    else if (isObject(value)) for (const item of Object.values(value)) add(item)
    else if (value !== null && value !== '' && isFromVariable(value)) texts.add(String(value))
  }
  for (const { fields } of raws) add(fields)
  for (const { fields, variables = [] } of raws)
    addMasked(
      maskNamed(maskVariables(fields, variables, undefined, asItIs), anySchema, asItIs),
      asItIs.resolve,
      texts,
    )
  return maskerOfTexts(texts)
}

const anySchema: RecordSchema = { fields: new Map(), shorthands: new Map() }

/** Digests that equal their values: they are never sent anywhere. */
const asItIs: SecretSink = { digest: value => value, ending: () => undefined, resolve: digest => digest }

/** What a target's manifests take from variables now; nothing if they can't be read. */
export async function variablesOfTarget(
  project: Project,
  target: GatewayTarget,
): Promise<readonly RawEntity[]> {
  const manifest = await readManifestsOf(project, target)
  return manifest.ok ? manifest.value.entities : []
}

/** How a request is answered, without what must not be shown. */
export function maskedAnswer(answer: Answer, masked: Masker): Answer {
  const { upstream } = answer
  return {
    ...answer,
    why: masked(answer.why),
    unknown: answer.unknown.map(masked),
    upstream: upstream && {
      ...upstream,
      uri: masked(upstream.uri),
      host: upstream.host === null ? null : masked(upstream.host),
    },
  }
}
