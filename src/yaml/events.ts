import { EVENT_ID, type Event, SCALAR_STYLE, type ScalarEvent } from 'js-yaml'

/** Whether a key is `<<`, which inserts the fields of other mappings. */
export function isMergeKey(event: Event, text: string): boolean {
  return (
    event.type === EVENT_ID.SCALAR &&
    event.style === SCALAR_STYLE.PLAIN &&
    event.valueEnd - event.valueStart === 2 &&
    text.startsWith('<<', event.valueStart) &&
    event.tagStart === -1
  )
}

/** Whether this is a scalar that nothing else can refer to, as nearly all are. */
export function isBare(event: Event): event is ScalarEvent {
  return event.type === EVENT_ID.SCALAR && event.anchorStart === -1
}

/** Where a node begins, with its anchor or tag; undefined where nothing is written. */
export function startOf(event: Event): number | undefined {
  switch (event.type) {
    case EVENT_ID.SCALAR: {
      if (event.anchorStart > 0 || event.tagStart >= 0) {
        const marks = [event.anchorStart - 1, event.tagStart].filter(offset => offset >= 0)
        return Math.min(...marks)
      }
      return event.valueStart === -1 ? undefined : valueStartOf(event)
    }
    case EVENT_ID.ALIAS:
      return event.anchorStart - 1
    case EVENT_ID.MAPPING:
    case EVENT_ID.SEQUENCE:
      return event.start
    default:
      return undefined
  }
}

/** Where the value of a scalar begins, its quote included and its anchor and tag not; -1 where nothing is written. */
export function valueStartOf({ style, valueStart }: ScalarEvent): number {
  const quoted = style === SCALAR_STYLE.SINGLE_QUOTED || style === SCALAR_STYLE.DOUBLE_QUOTED
  return quoted && valueStart !== -1 ? valueStart - 1 : valueStart
}
