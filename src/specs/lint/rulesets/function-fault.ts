/** What is wrong with a function of a ruleset as it is asked. */
export class FunctionFault extends Error {
  readonly file: string

  /** @param what a clause */
  constructor(file: string, what: string) {
    super(what)
    this.file = file
  }
}
