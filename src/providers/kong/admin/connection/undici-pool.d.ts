// The pool alone: the package's own entry loads a whole fetch too, which takes longer than a hundred requests.
declare module 'undici/lib/dispatcher/pool.js' {
  export { Pool as default } from 'undici'
}
