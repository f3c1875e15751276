import type * as z from 'zod'
import type { RecordedReview } from '../../../governance/waivers/approval.ts'
import {
  reviewFileSchema,
  reviewSchemaText,
  waiverFileSchema,
  waiverSchemaText,
} from '../../../governance/waivers/waiver-format.ts'
import type { Waiver } from '../../../governance/waivers/waivers.ts'
import { canonicalText, isArray, isObject, type Json } from '../../../model/json.ts'
import { fail, type Problem, type Result, succeed } from '../../../model/problem.ts'
import { type FileSort, Lines, parseYaml, type ReadBySchema, readBySchemaIfAny } from '../../../yaml/index.ts'
import type { Project } from '../../project/project.ts'
import { digestOf, filesMatching, type GovernanceFile } from '../specifications/governance-files.ts'
import { type ApprovalContext, authoredBy } from './approvals.ts'

const reviewFile: FileSort<z.infer<typeof reviewFileSchema>> = {
  code: 'reviews',
  schema: reviewFileSchema,
  jsonSchema: () => JSON.parse(reviewSchemaText()),
  otherwise: { message: 'the file does not hold reviews', hint: 'See docs/policies.md.' },
}

const waiverFile: FileSort<z.infer<typeof waiverFileSchema>> = {
  code: 'waivers',
  schema: waiverFileSchema,
  jsonSchema: () => JSON.parse(waiverSchemaText()),
  otherwise: { message: 'the file does not hold waivers', hint: 'See docs/policies.md.' },
}

/** The reviews that a project has recorded, with who recorded them. */
export async function readReviews(project: Project): Promise<Result<readonly RecordedReview[]>> {
  const files = await filesMatching(project, project.governance.reviews)
  if (!files.ok) return files
  const reviews: RecordedReview[] = []
  const problems: Problem[] = []
  for (const file of files.value) {
    const read = readBySchemaIfAny(file, reviewFile)
    if (!read.ok) problems.push(...read.error)
    if (!read.ok || !read.value) continue
    const { content, document, root } = read.value
    const lines = content.reviews.map((_, i) => document.place(root, `reviews.${i}.reviewer`).line)
    const recorders = await recordersOf(project, file, lines)
    reviews.push(
      ...content.reviews.map((review, i) => ({
        ...review,
        recordedBy: recorders.get(lines[i] ?? 0) ?? null,
      })),
    )
  }
  return problems.length > 0 ? fail(problems) : succeed(reviews)
}

async function recordersOf(
  { repository, commit }: Project,
  { inRepository }: GovernanceFile,
  lines: readonly number[],
): Promise<ReadonlyMap<number, { readonly name: string; readonly email: string }>> {
  if (!repository || inRepository === null || lines.length === 0) return new Map()
  const blamed =
    commit === null
      ? await repository.blameWorkTree(inRepository, lines)
      : await repository.blame(commit, inRepository, lines)
  if (!blamed.ok) return new Map()
  const authors = await repository.authors([...blamed.value.values()].map(info => info.commit))
  if (!authors.ok) return new Map()
  return new Map(
    [...blamed.value].flatMap(([line, info]) => {
      const author = authors.value.get(info.commit)
      return author ? [[line, author] as const] : []
    }),
  )
}

/** The waivers of a project, and who wrote and approved them according to Git. */
export async function readWaivers(
  project: Project,
  context: ApprovalContext,
): Promise<Result<readonly Waiver[]>> {
  const files = await filesMatching(project, project.governance.waivers)
  if (!files.ok) return files
  const problems: Problem[] = []
  const waivers: Waiver[] = []
  for (const file of files.value) {
    const read = readBySchemaIfAny(file, waiverFile)
    if (!read.ok) problems.push(...read.error)
    const given = read.ok ? read.value : null
    if (!given) continue
    const { content, document, root } = given
    waivers.push(
      ...(await Promise.all(
        content.waivers.map(async (waiver, i): Promise<Waiver> => {
          const lines = linesOf(file, given, i)
          const approvedLine =
            waiver.approved_by === undefined ? null : document.place(root, `waivers.${i}.approved_by`).line
          const digest = digestAt(root, i)
          const authored = await authoredBy(
            {
              file,
              lines,
              approvedLine,
              content: digest,
              claimed: waiver.approved_by ?? null,
              contentIn: text => digestsIn(text).find(each => each === digest) ?? null,
            },
            context,
          )
          const { authors, writtenAt, owners, approval } = authored
          const place = document.place(root, `waivers.${i}`)
          return {
            document: waiver,
            place,
            content: digest,
            authors: authors ?? (await hereOnly(project)),
            writtenAt,
            owners,
            approval,
          }
        }),
      )),
    )
  }
  return problems.length > 0 ? fail(problems) : succeed(waivers)
}

/** Uncommitted lines count as written by the current user. */
async function hereOnly({ repository }: Project): Promise<Waiver['authors']> {
  const user = await repository?.user()
  const [, name, email] = /^(.*?)\s*<([^<>]*)>$/.exec(user ?? '') ?? []
  return name === undefined || email === undefined ? null : [{ name, email }]
}

/** The lines of one waiver: from its first line to the next waiver, without blank lines and comments. */
function linesOf(
  file: GovernanceFile,
  { document, root }: ReadBySchema<unknown>,
  index: number,
): readonly number[] {
  const list = isArray(root.waivers) ? root.waivers : []
  const from = document.place(root, `waivers.${index}`).line
  const texts = file.text.split('\n')
  const next = index + 1 < list.length ? document.place(root, `waivers.${index + 1}`).line : texts.length + 1
  // A flow mapping may have several on one line.
  const numbers = Array.from({ length: Math.max(1, next - from) }, (_, i) => from + i)
  return numbers.filter(line => line === from || !/^\s*(?:#.*|-)?\s*$/.test(texts[line - 1] ?? ''))
}

function digestAt(root: Json, index: number): string {
  const list = isObject(root) && isArray(root.waivers) ? root.waivers : []
  return digestOf(canonicalText(list[index] ?? null))
}

function digestsIn(text: string): readonly string[] {
  const lines = new Lines('', text)
  const parsed = parseYaml(text, { placeAt: offset => lines.at(offset) })
  const root = parsed.ok ? parsed.value.value : undefined
  if (!isObject(root) || !isArray(root.waivers)) return []
  return root.waivers.map((_, i) => digestAt(root, i))
}
