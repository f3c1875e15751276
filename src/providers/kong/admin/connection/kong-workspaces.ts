import * as z from 'zod'
import { fail, type Problem, type Result, succeed } from '../../../../model/problem.ts'
import type { Connection } from '../../../session.ts'
import { Paging } from '../reading/paging.ts'
import { type AdminAnswer, isProblem, openAdminApi } from './admin-api.ts'
import { forbidden, messageOf } from './answer-messages.ts'

/** A page of the list; `offset` leads to the next one. */
const workspacePage = z.object({
  data: z.array(z.object({ name: z.string() })),
  offset: z.string().nullish(),
})

/** The names of all workspaces of a Kong, in its order: https://developer.konghq.com/api/gateway/admin-ee/ */
export async function listWorkspaces(
  { workspace: _, ...connection }: Connection,
  signal: AbortSignal,
): Promise<Result<readonly string[]>> {
  const api = openAdminApi(connection)
  try {
    const names: string[] = []
    const paging = new Paging(connection, '/workspaces')
    let offset = ''
    for (;;) {
      const answer = await api.get(`/workspaces?size=1000${offset}`, signal)
      if (isProblem(answer)) return fail([answer])
      const page = workspacePage.safeParse(answer.body)
      if (answer.status !== 200 || !page.success) return fail([notListed(connection, answer)])
      names.push(...page.data.data.map(({ name }) => name))
      if (!page.data.offset) return succeed(names)
      const endless = paging.follow(page.data.offset)
      if (endless) return fail([endless])
      offset = `&offset=${encodeURIComponent(page.data.offset)}`
    }
  } finally {
    api.close()
  }
}

function notListed({ target, address }: Connection, answer: AdminAnswer): Problem {
  if (answer.status === 403) return forbidden(target, 'workspaces')
  if (answer.status === 404) {
    return {
      code: 'not-supported',
      target,
      message: `${address} has no workspaces, which only Kong Enterprise has`,
      hint: 'Leave --all-workspaces out.',
    }
  }
  return {
    code: 'unreadable',
    target,
    message: `reading workspaces was answered with ${answer.status}${messageOf(answer)}`,
  }
}
