import type { TargetView } from './values.ts'
import type { TargetSettings } from './workspace.ts'

/** A target of which nothing is known yet. */
export function unread(target: TargetSettings): TargetView {
  return {
    name: target.name,
    environment: target.environment,
    protected: target.protected,
    labels: target.labels,
    address: target.address,
    gateway: null,
    reach: { state: 'reading' },
    readAt: null,
    drift: null,
    apis: null,
    exposures: null,
    findings: null,
    lastSync: null,
    blocked: null,
    manifestProblems: [],
  }
}
