import type { Finding } from '../../governance/finding.ts'
import type { PlanMeaning } from '../../workflows/meaning/plan-view.ts'
import { counted, type Paint, plain } from './text-parts.ts'

/** So many entities of one rule are named, the others counted. */
const mostNamed = 3

/**
 * What a sync introduces and resolves, and whether policies will refuse it. Blocking findings are listed one by one; of
 * the others, one rule's findings for one kind of entity share a line.
 */
export function planFindingLines(findings: PlanMeaning['findings'], paint: Paint): readonly string[] {
  if (!findings) return []
  const { introduces, resolves, untold, refusal } = findings
  const lines = (verb: string, found: readonly Finding[], good: boolean): readonly string[] =>
    alike(found).map(group => {
      const colour = good ? 'green' : group[0]?.severity === 'block' ? 'red' : 'yellow'
      return `  policy   ${paint(colour, plain(`${verb} ${groupText(group)}`))}`
    })
  return [
    ...lines('introduces', introduces, false),
    ...lines('resolves', resolves, true),
    ...untold.map(
      ({ rule, entities }) => `  policy   ${paint('red', plain(`? block ${rule}: unknown for ${entities}`))}`,
    ),
    ...(refusal ? [`  policy   ${paint('red', 'REFUSED: this plan will not be applied')}`] : []),
  ]
}

function alike(findings: readonly Finding[]): readonly (readonly Finding[])[] {
  return [
    ...Map.groupBy(findings, ({ id, severity, rule, kind, message }) =>
      severity === 'block' ? id : [severity, rule, kind, message].join('\n'),
    ).values(),
  ]
}

function groupText(group: readonly Finding[]): string {
  const [first] = group
  if (!first) return ''
  const { severity, rule, kind, name, message, trace } = first
  const head = `${severity} ${rule}:`
  if (group.length === 1) return `${head} ${kind} ${name}: ${message}${traceText(trace)}`
  const named = group.slice(0, mostNamed).map(each => `${each.name}${traceText(each.trace)}`)
  const more = group.length > mostNamed ? ` and ${group.length - mostNamed} more` : ''
  return `${head} ${counted(group.length, kind)}: ${message}: ${named.join(', ')}${more}`
}

/** From the specification's line to the manifest's, as far as they are known. */
function traceText({ specification, manifest }: Finding['trace']): string {
  const places = [specification?.place, manifest].flatMap(place =>
    place ? [`${place.file}:${place.line}`] : [],
  )
  return places.length > 0 ? ` (${places.join(' → ')})` : ''
}
