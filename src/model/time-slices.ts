/** Work that may be left for a moment wherever it yields. */
export type Sliced<T> = Generator<void, T, void>

/** Does work in one go. */
export function atOnce<T>(work: Sliced<T>): T {
  for (;;) {
    const step = work.next()
    if (step.done) return step.value
  }
}

/** How long work goes on before others have their turn, in milliseconds: a quarter of a frame of a console. */
const slice = 4

/** Does work in slices, between which keys are read and frames are drawn. */
export async function inSlices<T>(work: Sliced<T>): Promise<T> {
  for (;;) {
    const end = performance.now() + slice
    do {
      const step = work.next()
      if (step.done) return step.value
    } while (performance.now() < end)
    await new Promise(resolve => setImmediate(resolve))
  }
}
