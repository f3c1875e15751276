/*
 * A test has 10 seconds. Those that need longer say by one of these names why.
 */

/** What never ends, or fills the memory, is ended after seconds: the test waits for that. */
export const endedAfterSeconds = { timeout: 60_000 }

/** So much is read or compared that its growth can be told from what else the machine does. */
export const largeInput = { timeout: 60_000 }

/** Spectral is loaded anew, in a thread, for each of several rulesets. */
export const severalRulesets = { timeout: 60_000 }

/** Several commands are run as people run them, each a process. */
export const severalProcesses = { timeout: 60_000 }
