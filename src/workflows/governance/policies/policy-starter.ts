/** The text of a first policy, with an example that passes and one that fails; `schema` is for editors. */
export function starterPolicy(id: string, schema: string): string {
  const title = id.replaceAll('-', ' ')
  return `# yaml-language-server: $schema=${schema}
# What each key means: docs/policies.md. Try it with: gatewatch policy test
id: ${id}
title: ${title.charAt(0).toUpperCase()}${title.slice(1)}
state: draft
severity: { default: warn, production: error }
select:
  kind: service
assert:
  read_timeout: { at_most: 60000 }
at: read_timeout
message: waits {read_timeout} ms for its upstream
rationale: Why it matters, in a sentence or two.
fix: What to do about it.
examples:
  - expect: pass
    manifest:
      services:
        - { name: payouts, url: "https://payouts.internal", read_timeout: 15000 }
  - expect: fail
    manifest:
      services:
        - { name: payouts, url: "https://payouts.internal", read_timeout: 90000 }
    finds: [service payouts]
`
}
