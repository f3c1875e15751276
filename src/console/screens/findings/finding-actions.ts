import type { Finding } from '../../../governance/finding.ts'
import { type Place, problemText } from '../../../model/problem.ts'
import { plainText } from '../../components/plain-text.ts'
import type { Binding } from '../../keymap/bindings.ts'
import type { App } from '../../store/app.ts'
import { findingDetail } from './finding-detail.ts'

/** What can be done about a finding, on every screen that shows one. */
export function findingBindings(app: App, finding: Finding | undefined, open: Openers): readonly Binding[] {
  const none = finding === undefined ? 'no finding is selected' : null
  const own = finding?.subjects.includes('governance')
    ? 'policies and waivers are corrected, not waived'
    : null
  return [
    {
      verb: 'waive',
      bar: true,
      disabled: none ?? own ?? (finding?.waived ? 'it is waived already' : null),
      run: () => finding && open.waive(finding),
    },
    {
      verb: 'impact',
      bar: true,
      disabled: none ?? (own === null ? null : 'this has no rule of its own'),
      run: () => finding && open.impact(finding.rule),
    },
    editBinding(app, finding?.place ?? finding?.trace.manifest ?? null, none),
    {
      verb: 'copy',
      disabled: none,
      run() {
        if (!finding) return
        const production = app.store.getState().fleet.production.includes(finding.environment ?? '')
        app.surface.copy(plainText(findingDetail(finding, production, 160)))
        app.tell('The finding is on the clipboard', 'ok')
      },
    },
  ]
}

/** The screens that actions open. */
export interface Openers {
  finding(finding: Finding): void
  waive(finding: Finding): void
  impact(rule: string): void
}

/** `e` opens a line in the person's editor; when that ends, everything is read again. */
export function editBinding(app: App, place: Place | null, none: string | null): Binding {
  return {
    verb: 'edit',
    bar: true,
    disabled: none ?? (place === null ? 'no file holds it' : null),
    run: () => void (place && edit(app, place)),
  }
}

async function edit(app: App, place: Place): Promise<void> {
  const file = await app.workflows.locate(place)
  if (!file.ok) {
    const [problem] = file.error
    app.tell(problem ? problemText(problem) : `${place.file} can’t be opened`, 'error')
    return
  }
  const failed = await app.surface.edit({ file: file.value, line: place.line, column: place.column })
  app.read()
  if (failed !== null) app.tell(failed, 'error')
}
