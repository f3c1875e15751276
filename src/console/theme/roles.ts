/**
 * What a text stands for; themes define how each looks. Colour is never the only sign: the word is always there too.
 */
export const roles = [
  // What needs a person, worst first.
  'exposed',
  'halfDone',
  'unseen',
  'conflict',
  'edited',
  'ahead',
  'findings',
  // How things stand.
  'ok',
  'unknown',
  'stale',
  'prod',
  'production',
  'protected',
  // What changes.
  'added',
  'removed',
  'changed',
  'weaker',
  // The furniture.
  'text',
  'strong',
  'dim',
  'heading',
  'rule',
  'key',
  'disabled',
  'selection',
  'lost',
  'match',
  'input',
  'notice',
  'error',
] as const

/** A name of `roles`. */
export type Role = (typeof roles)[number]
