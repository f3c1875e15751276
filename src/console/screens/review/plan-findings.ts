import type { Finding } from '../../../governance/finding.ts'
import type { PlanFindings } from '../../../workflows/governance/plan-findings.ts'
import type { Review } from '../../../workflows/syncing/review.ts'
import { span } from '../../components/line.ts'
import type { App, OpenScreen } from '../../store/app.ts'
import { openFindings } from '../findings/findings.ts'

/** What a plan introduces and resolves, with everything that can be done about it. */
export function openPlanFindings(app: App, { plan }: Review, found: PlanFindings): OpenScreen {
  // They are in Git and not at the gateway yet.
  const introduces = found.introduces.map((finding): Finding => ({ ...finding, subjects: ['manifest'] }))
  const introduced = new Set(introduces)
  const all = [...introduces, ...found.resolves]
  return openFindings(app, {
    of: `sync of ${plan.target}`,
    target: plan.target,
    find: () => all,
    about: [' ', span(`What a sync of ${plan.target} introduces and resolves at the gateway`, 'heading')],
    none: 'it introduces and resolves nothing',
    grouping: {
      name: 'what the sync does',
      groupOf: finding => (introduced.has(finding) ? 'introduced' : 'resolved'),
    },
  })
}
