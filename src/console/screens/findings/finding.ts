import type { Finding } from '../../../governance/finding.ts'
import type { App, OpenScreen } from '../../store/app.ts'
import { openLines } from '../pane/lines-screen.tsx'
import { findingBindings, type Openers } from './finding-actions.ts'
import { findingDetail } from './finding-detail.ts'

/** One finding in full, for terminals where the list leaves it too little room. */
export function openFinding(app: App, finding: Finding, openers: Openers): OpenScreen {
  return openLines(app, {
    title: `Finding > ${finding.name}`,
    subject: `finding ${finding.id}`,
    target: finding.target,
    rows(width) {
      const production = app.store.getState().fleet.production.includes(finding.environment ?? '')
      return findingDetail(finding, production, width).map((line, at) => ({ key: `${at}`, line }))
    },
    bindings: () => findingBindings(app, finding, openers),
  })
}
