import { access } from 'node:fs/promises'
import { resolve } from 'node:path'
import { fail, type Place, type Result, succeed } from '../../model/problem.ts'
import type { Workspace } from './workspace.ts'

/** The absolute path of the file that holds a line, for an editor. */
export async function locate(workspace: Workspace, { file }: Place): Promise<Result<string>> {
  const { commit, repository, specifications } = workspace
  if (commit !== null) {
    return fail([
      {
        code: 'not-on-disk',
        message: `${file} is shown as of commit ${commit.slice(0, 7)}; the file on the disk may be another`,
        hint: 'Open the console without --ref.',
      },
    ])
  }
  const folders = [repository?.folder ?? workspace.folder, specifications.folder]
  for (const path of folders.map(folder => resolve(folder, file))) {
    const there = await access(path).then(
      () => true,
      () => false,
    )
    if (there) return succeed(path)
  }
  return fail([{ code: 'not-on-disk', message: `${file} is not on the disk`, hint: 'Read again with r.' }])
}
