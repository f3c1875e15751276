import { mkdir, readFile } from 'node:fs/promises'
import { dirname, join, posix } from 'node:path'
import { Document, isMap, isSeq, parseDocument } from 'yaml'
import type { Finding } from '../../../governance/finding.ts'
import { longestDays } from '../../../governance/waivers/waivers.ts'
import { fail, type Place, type Problem, type Result, succeed } from '../../../model/problem.ts'
import { cannotWrite, leadsOut, writeWholeFile } from '../../../repo/index.ts'
import type { Project } from '../../project/project.ts'

/** A waiver that someone asks for. */
export interface WaiverRequest {
  readonly reason: string
  /** Who is responsible for it, such as `@mira`; undefined: the current user. */
  readonly owner?: string
  readonly expires: Date
  /** Only at the finding's target; else at all. */
  readonly targetOnly?: boolean
}

/**
 * Writes a waiver for a finding to the repository's waivers, as a proposal: it counts once someone else has approved
 * it. The file keeps its comments. Returns the line of the waiver.
 */
export async function proposeWaiver(
  project: Project,
  finding: Finding,
  { reason, owner, expires, targetOnly = false }: WaiverRequest,
): Promise<Result<Place>> {
  const days = (expires.getTime() - project.now().getTime()) / 86_400_000
  if (reason.trim() === '')
    return refuse('a waiver needs a reason', 'Say why it is no risk, or an accepted one.')
  if (!(days > 0 && days <= longestDays)) {
    return refuse(`a waiver lasts ${longestDays} days at most`, `Let it expire within ${longestDays} days.`)
  }
  if (finding.name.includes('*')) {
    return refuse(
      `${finding.kind} ${finding.name} has a * in its name, which in a waiver matches anything`,
      'Write the waiver yourself, with an entity that matches no more than it should.',
    )
  }
  if (project.commit !== null) {
    const short = project.commit.slice(0, 7)
    return refuse(
      `the screen shows commit ${short}, but a waiver is written to the files on disk`,
      'Open the console without --ref.',
    )
  }
  const [pattern] = project.governance.waivers
  if (pattern === undefined) return refuse('governance.waivers names no file', 'Name one in gatewatch.yaml.')
  const path = pattern.includes('*') ? posix.join(folderOf(pattern), 'waivers.yaml') : pattern
  const file = join(project.specifications.folder, path)
  const named = {
    cwd: project.specifications.folder,
    shown: project.shown(file),
    by: 'configuration',
  } as const
  const outside = leadsOut(file, named)
  if (outside) return fail([outside])
  const text = await readFile(file, 'utf8').catch(() => '')
  const document = text.trim() === '' ? new Document({ waivers: [] }) : parseDocument(text)
  const list = isMap(document.contents) ? document.get('waivers', true) : undefined
  if (document.errors.length > 0 || !isSeq(list)) {
    return refuse(
      `${project.shown(file)} does not contain a list of waivers`,
      'Correct it first: see docs/policies.md.',
    )
  }
  list.flow = false
  const entry = document.createNode({
    rule: finding.rule,
    entity: `${finding.kind} ${finding.name}`,
    ...(targetOnly && finding.target !== null ? { target: finding.target } : {}),
    reason: reason.trim(),
    owner: owner?.trim() || (await project.user()),
    expires: `${expires.toISOString().slice(0, 19)}Z`,
  })
  list.add(entry)
  const written = document.toString({ lineWidth: 0 })
  try {
    await mkdir(dirname(file), { recursive: true })
    await writeWholeFile(file, written, named)
  } catch (error) {
    return fail(cannotWrite(named.shown, error).problems)
  }
  return succeed({ file: project.shown(file), line: lineOfLast(written), column: 3 })
}

function folderOf(pattern: string): string {
  return pattern.slice(0, pattern.indexOf('*')).replace(/[^/]*$/, '') || '.'
}

/** The line on which the last item of the list begins. */
function lineOfLast(text: string): number {
  const lines = text.split('\n')
  return lines.findLastIndex(line => /^\s*- rule:/.test(line)) + 1
}

function refuse(message: string, hint: string): Result<never> {
  const problem: Problem = { code: 'waiver', message, hint }
  return fail([problem])
}
