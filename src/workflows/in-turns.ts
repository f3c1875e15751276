import type { Steps } from '../governance/evaluate.ts'

/** How long work may go on before others have their turn, in milliseconds: a part of a frame. */
const turn = 6

/** Does work in steps, with room for keys, frames and answers in between. */
export async function inTurns<T>(steps: Steps<T>): Promise<T> {
  let began = performance.now()
  for (;;) {
    const step = steps.next()
    if (step.done) return step.value
    if (performance.now() - began < turn) continue
    await new Promise(resolve => setImmediate(resolve))
    began = performance.now()
  }
}
