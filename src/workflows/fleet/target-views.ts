import { apisOf } from '../meaning/apis.ts'
import type { Described } from '../meaning/described-requests.ts'
import { notModelledHere } from '../meaning/traffic.ts'
import type { GatewayTarget } from '../project/project.ts'
import type { Compared, NotCompared } from '../reading/compare-target.ts'
import type { Reach, TargetView } from './fleet-view.ts'

/** A target about which nothing is known yet. */
export function unread(target: GatewayTarget): TargetView {
  return {
    name: target.name,
    environment: target.environment,
    protected: target.protected,
    checksCertificate: target.checksCertificate,
    labels: target.labels,
    address: target.address,
    gateway: null,
    reach: { state: 'reading' },
    waiting: null,
    readAt: null,
    drift: null,
    apis: null,
    exposures: null,
    unmodelled: null,
    findings: null,
    lastSync: null,
    cutOff: null,
    lock: null,
    blocked: null,
    manifestProblems: [],
  }
}

/** A target that could not be compared: earlier knowledge stays, with its age, and is never shown as fresh. */
export function notReached(
  before: TargetView,
  { manifestProblems, gatewayProblems }: NotCompared,
  lastRead: Date | null,
): TargetView {
  const [problem] = gatewayProblems
  const reach: Reach = problem
    ? {
        state: 'failed',
        problem,
        attempts: before.reach.state === 'failed' ? before.reach.attempts + 1 : 1,
      }
    : { state: 'reached', milliseconds: before.reach.state === 'reached' ? before.reach.milliseconds : 0 }
  return { ...before, reach, manifestProblems, readAt: before.readAt ?? lastRead }
}

/**
 * A target as it was just read and compared. Its findings are those of the previous reading until the new ones are
 * known.
 */
export function reached(
  target: GatewayTarget,
  before: TargetView,
  compared: Compared,
  { exposures, described }: Pick<TargetView, 'exposures'> & { readonly described: Described },
): TargetView {
  const ledger = compared.ledger.read()
  const lastSync = ledger.ok ? ledger.value.lastSync : null
  return {
    ...unread(target),
    gateway: compared.session.identity.description,
    reach: { state: 'reached', milliseconds: compared.milliseconds },
    readAt: compared.readAt,
    drift: compared.drift,
    apis: apisOf(compared, described),
    exposures,
    unmodelled: notModelledHere(compared.live),
    findings: before.findings,
    lastSync: lastSync ? { ...lastSync, at: new Date(lastSync.at) } : null,
  }
}
