import { EVENT_ID, type Event, SCALAR_STYLE, type ScalarEvent } from 'js-yaml'

/** Whether a key is `<<`, which stands for the fields of other mappings. */
export function isMergeKey(event: Event, text: string): boolean {
  return (
    event.type === EVENT_ID.SCALAR &&
    event.style === SCALAR_STYLE.PLAIN &&
    event.valueEnd - event.valueStart === 2 &&
    text.startsWith('<<', event.valueStart) &&
    event.tagStart === -1
  )
}

/** Whether this is a scalar that nothing else can name, as nearly all are. */
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
      if (event.valueStart === -1) return undefined
      const quoted = event.style === SCALAR_STYLE.SINGLE_QUOTED || event.style === SCALAR_STYLE.DOUBLE_QUOTED
      return quoted ? event.valueStart - 1 : event.valueStart
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
