/** The packages whose rules are run, and our own way of running them: results of other versions don't count. */
export const RULE_VERSIONS = [
  'gatewatch 1',
  '@stoplight/spectral-core 1.24.1',
  '@stoplight/spectral-functions 1.11.1',
  '@stoplight/spectral-owasp-ruleset 2.0.1',
  '@stoplight/spectral-rulesets 1.23.1',
] as const
