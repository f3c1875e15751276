import type { RecordedReview } from '../../../governance/waivers/approval.ts'
import {
  reviewFileSchema,
  reviewSchemaText,
  waiverFileSchema,
  waiverSchemaText,
} from '../../../governance/waivers/waiver-format.ts'
import type { Waiver } from '../../../governance/waivers/waivers.ts'
import { canonicalText, isArray, isObject, type Json, type JsonObject } from '../../../model/json.ts'
import { fail, type Problem, type Result, succeed } from '../../../model/problem.ts'
import { Lines, parseYaml, schemaProblems, type YamlDocument } from '../../../yaml/index.ts'
import type { Project } from '../../project/project.ts'
import { digestOf, filesMatching, type GovernanceFile } from '../specifications/governance-files.ts'
import { type ApprovalContext, authoredBy } from './approvals.ts'

interface ReadYaml {
  readonly file: GovernanceFile
  readonly document: YamlDocument
  readonly root: JsonObject
}

function readYaml(file: GovernanceFile, what: string): Result<ReadYaml | null> {
  const lines = new Lines(file.path, file.text)
  const parsed = parseYaml(file.text, { placeAt: offset => lines.at(offset) })
  if (!parsed.ok) return parsed
  const root = parsed.value.value
  if (root === undefined) return succeed(null)
  if (isObject(root)) return succeed({ file, document: parsed.value, root })
  const message = `the file does not hold ${what}`
  return fail([{ code: 'waivers', message, hint: 'See docs/policies.md.', place: lines.at(0) }])
}

/** The reviews that a project has recorded, with who recorded them. */
export async function readReviews(project: Project): Promise<Result<readonly RecordedReview[]>> {
  const files = await filesMatching(project, project.governance.reviews)
  if (!files.ok) return files
  const reviews: RecordedReview[] = []
  const problems: Problem[] = []
  for (const file of files.value) {
    const read = readYaml(file, 'reviews')
    if (!read.ok) problems.push(...read.error)
    if (!read.ok || !read.value) continue
    const { document, root } = read.value
    const content = reviewFileSchema.safeParse(root)
    if (!content.success) {
      const schema: Record<string, unknown> = JSON.parse(reviewSchemaText())
      problems.push(...schemaProblems(content.error.issues, document, root, { code: 'reviews', schema }))
      continue
    }
    const lines = content.data.reviews.map((_, i) => document.place(root, `reviews.${i}.reviewer`).line)
    const recorders = await recordersOf(project, file, lines)
    reviews.push(
      ...content.data.reviews.map((review, i) => ({
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

/** The waivers of a project, with what Git knows of who wrote and approved them. */
export async function readWaivers(
  project: Project,
  context: ApprovalContext,
): Promise<Result<readonly Waiver[]>> {
  const files = await filesMatching(project, project.governance.waivers)
  if (!files.ok) return files
  const problems: Problem[] = []
  const waivers: Waiver[] = []
  for (const file of files.value) {
    const read = readYaml(file, 'waivers')
    if (!read.ok) problems.push(...read.error)
    const given = read.ok ? read.value : null
    if (!given) continue
    const { document, root } = given
    const content = waiverFileSchema.safeParse(root)
    if (!content.success) {
      const schema: Record<string, unknown> = JSON.parse(waiverSchemaText())
      problems.push(...schemaProblems(content.error.issues, document, root, { code: 'waivers', schema }))
      continue
    }
    waivers.push(
      ...(await Promise.all(
        content.data.waivers.map(async (waiver, i): Promise<Waiver> => {
          const lines = linesOf(given, i)
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

/** What is not committed was written by whoever works here. */
async function hereOnly({ repository }: Project): Promise<Waiver['authors']> {
  const user = await repository?.user()
  const [, name, email] = /^(.*?)\s*<([^<>]*)>$/.exec(user ?? '') ?? []
  return name === undefined || email === undefined ? null : [{ name, email }]
}

/** The lines of one waiver: from its own first to the next one's, blank ones and comments apart. */
function linesOf({ file, document, root }: ReadYaml, index: number): readonly number[] {
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
