import { access } from 'node:fs/promises'
import { resolve } from 'node:path'
import { fail, type Place, type Result, succeed } from '../../model/problem.ts'
import type { Project } from './project.ts'

/** The absolute path of the file that holds a line, for an editor. */
export async function locate(project: Project, { file }: Place): Promise<Result<string>> {
  const { commit, repository, specifications } = project
  if (commit !== null) {
    return fail([
      {
        code: 'not-on-disk',
        message: `${file} is shown as of commit ${commit.slice(0, 7)}; the file on disk may differ`,
        hint: 'Open the console without --ref.',
      },
    ])
  }
  const folders = [repository?.folder ?? project.folder, specifications.folder]
  for (const path of folders.map(folder => resolve(folder, file))) {
    const there = await access(path).then(
      () => true,
      () => false,
    )
    if (there) return succeed(path)
  }
  return fail([{ code: 'not-on-disk', message: `${file} is not on disk`, hint: 'Read again with r.' }])
}
