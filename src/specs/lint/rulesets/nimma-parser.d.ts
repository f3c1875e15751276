declare module 'nimma/parser' {
  /** The steps of a JSONPath expression as Spectral's engine reads them; throws where it is none. */
  export function parse(expression: string): unknown
}
