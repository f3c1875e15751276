import { createHash } from 'node:crypto'
import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { dirname, join, posix, relative, sep } from 'node:path'
import { fail, type Problem, type Result, succeed } from '../../../model/problem.ts'
import type { Glob } from '../../../patterns/glob.ts'
import type { Specification } from '../../../specs/reading/specification.ts'
import type { Project } from '../../project/project.ts'
import { filesFitting, globsOf } from './glob-files.ts'

/** A file of policies, waivers or the like. */
export interface GovernanceFile {
  /** The name for people: relative to the repository or the working folder. */
  readonly path: string
  /** The path in the repository, with `/`; null: it is in none. */
  readonly inRepository: string | null
  readonly text: string
}

const extensions = ['.yaml', '.yml', '.json']

/** The files that patterns match, relative to the folder of `gatewatch.yaml`: at the project's commit, or on disk. */
export async function filesMatching(
  project: Project,
  patterns: readonly string[],
): Promise<Result<readonly GovernanceFile[]>> {
  if (patterns.length === 0) return succeed([])
  const globs = globsOf(patterns)
  if (!globs.ok) return globs
  const { folder } = project.specifications
  const { repository, commit } = project
  if (repository && commit !== null) {
    const inside = repository.relative(folder)
    if (inside === null) return succeed([])
    const all = await repository.filesAt(commit, [inside], extensions)
    if (!all.ok) return all
    const files = all.value.filter(file => {
      const path = inside === '.' ? file.path : posix.relative(inside, file.path)
      return globs.value.some(glob => glob.fits(path))
    })
    return succeed(files.map(file => ({ path: file.path, inRepository: file.path, text: file.text })))
  }
  const found = await filesFitting(folder, globs.value)
  const read = await Promise.all(found.map(file => readOne(project, join(folder, file))))
  const problems = read.flatMap(each => (each.ok ? [] : each.error))
  return problems.length > 0 ? fail(problems) : succeed(read.flatMap(each => (each.ok ? [each.value] : [])))
}

async function readOne(project: Project, absolute: string): Promise<Result<GovernanceFile>> {
  const path = project.shown(absolute)
  try {
    const text = await readFile(absolute, 'utf8')
    return succeed({ path, inRepository: project.repository?.relative(absolute) ?? null, text })
  } catch (error) {
    const reason = error instanceof Error && 'code' in error ? String(error.code) : String(error)
    return fail([
      { code: 'unreadable', message: `${path} can't be read (${reason})`, hint: 'Check the path.' },
    ])
  }
}

/** The digest by which reviews name what was reviewed. */
export function digestOf(text: string): string {
  return `sha256:${createHash('sha256').update(text).digest('hex')}`
}

/** The specifications of a project, at its commit or on disk; those that can't be read are reported. */
export async function specificationsOf(
  project: Project,
): Promise<{ readonly specifications: readonly Specification[]; readonly problems: readonly Problem[] }> {
  const { folder, globs: patterns } = project.specifications
  const { repository, commit } = project
  if (patterns.length === 0) return { specifications: [], problems: [] }
  const globs = globsOf(patterns)
  if (!globs.ok) return { specifications: [], problems: globs.error }
  if (!repository || commit === null) return readBelow(repository?.folder ?? folder, folder, globs.value)
  const inside = repository.relative(folder) ?? '.'
  const files = await repository.filesAt(commit, ['.'], extensions)
  if (!files.ok) return { specifications: [], problems: files.error }
  // References lead from file to file, so all are laid out as they were at the commit.
  const work = await mkdtemp(join(tmpdir(), 'gatewatch-specs-'))
  try {
    for (const { path, text } of files.value) {
      const target = join(work, path)
      await mkdir(dirname(target), { recursive: true })
      await writeFile(target, text)
    }
    return await readBelow(work, join(work, inside), globs.value)
  } finally {
    await rm(work, { recursive: true, force: true })
  }
}

/** Those below `folder`, with their paths relative to `root`. */
async function readBelow(root: string, folder: string, globs: readonly Glob[]) {
  const { readSpecification } = await import('../../../specs/index.ts')
  const found = await filesFitting(folder, globs)
  const files = found.map(file => relative(root, join(folder, file)).split(sep).join('/'))
  const specifications: Specification[] = []
  const problems: Problem[] = []
  for (const file of files.sort()) {
    const read = await readSpecification(file, { root })
    if (read.ok) specifications.push(read.value)
    else problems.push(...read.error.map(problem => ({ place: { file, line: 1, column: 1 }, ...problem })))
  }
  return { specifications, problems }
}
