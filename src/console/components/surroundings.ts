import { createContext, use } from 'react'
import type { Theme } from '../theme/theme.ts'

/** What every component needs to draw: the theme, and how much room the terminal has. */
export interface Surroundings {
  readonly theme: Theme
  readonly columns: number
  readonly rows: number
}

export const SurroundingsContext = createContext<Surroundings | null>(null)

/** The surroundings of the component that asks. */
export function useSurroundings(): Surroundings {
  const surroundings = use(SurroundingsContext)
  if (surroundings === null) throw new Error('a component of the console was drawn outside its frame')
  return surroundings
}
