import { ProblemError } from '../../model/problem.ts'
import { keepTrust, notTrusted, type Trust } from '../../workflows/project/trust.ts'
import { type Io, tellWarnings } from '../command.ts'
import { painter, plain } from '../text/text-parts.ts'
import { permissionsSummary, permissionsText } from '../text/trust-text.ts'
import { answerTo } from './confirm.ts'

/**
 * Asks a person whether a configuration is trusted with what it asks for, and saves a yes. Throws `ProblemError` if the
 * answer is no, or nobody can be asked.
 */
export async function askTrust(io: Io, trust: Trust, stateFolder: string): Promise<void> {
  if (!io.interactive) throw new ProblemError([notTrusted(trust)])
  io.err(trustText(io, trust, 'changes'))
  // Enter alone, or a key that was meant for something else, allows nothing.
  const answer = await answerTo(
    io,
    `Do you trust it with that (${permissionsSummary(trust.permissions)})? y/N `,
  )
  if (!/^(?:y|yes)$/i.test(answer.trim())) {
    throw new ProblemError([
      {
        code: 'not-trusted',
        message: 'it is not trusted, and nothing was sent',
        hint: 'gatewatch trust shows again what it asks for.',
      },
    ])
  }
  await keep(io, trust, stateFolder)
}

/** Keeps a yes; where it can't be kept, it holds for this run alone. */
export async function keep(io: Io, trust: Trust, stateFolder: string): Promise<void> {
  try {
    await keepTrust(trust, stateFolder)
  } catch (error) {
    const reason = error instanceof Error && 'code' in error ? String(error.code) : String(error)
    const message = `the trust could not be saved in ${stateFolder} (${reason})`
    tellWarnings(io, [{ code: 'trust-not-kept', message, hint: 'You will be asked again next time.' }])
  }
}

/**
 * What a configuration asks for, and whether it is trusted.
 *
 * @param only `changes`: of what was trusted before, only what differs now
 */
export function trustText(io: Pick<Io, 'colour'>, trust: Trust, only: 'all' | 'changes' = 'all'): string {
  const paint = painter(io.colour)
  const { config, record, digest } = trust
  const changed = record !== null && record.digest !== digest
  const shown = permissionsText(trust, paint, changed ? only : 'all')
  const less =
    changed && only === 'changes'
      ? '\nEverything else is as you trusted it; gatewatch trust shows it too.\n'
      : ''
  const name = paint('bold', plain(config))
  return `\n${name} ${changed ? changedText(record.at) : stateText(trust)}\n\n${shown}${manifestsText}${less}\n`
}

function changedText(at: string): string {
  return `asks for something other than what you trusted on ${at.slice(0, 10)}: + is new, - is gone.`
}

function stateText({ by, record }: Trust): string {
  if (by === null) return 'is not trusted yet. With it, gatewatch'
  const since = by === 'record' && record ? `since ${record.at.slice(0, 10)}` : 'by GATEWATCH_TRUST'
  return `is trusted ${since}. With it, gatewatch`
}

const manifestsText =
  '\nManifests can put variables that begin with DECK_, and no others, into what a sync sends there.\n'
