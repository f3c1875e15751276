/*
 * Two manifests between which a sync does all that it can do: creates, updates, deletes, deletes that take others with
 * them, a rotated key and a secret that is overwritten, values that the gateway makes up, an entity that is made anew under
 * another id, and names that go round in a circle.
 */

const ids = {
  left: '11111111-1111-4111-8111-111111111111',
  right: '22222222-2222-4222-8222-222222222222',
  ann: '33333333-3333-4333-8333-333333333333',
  newAnn: '44444444-4444-4444-8444-444444444444',
}

export const before = `
_format_version: "3.0"
services:
- name: payouts
  url: http://payouts.internal
  routes:
  - name: payouts-list
    paths: [/payouts]
    plugins:
    - name: key-auth
  - name: payouts-show
    paths: ["~/payouts/[^/]+$"]
- name: refunds
  url: http://refunds.internal
  routes:
  - name: refunds-list
    paths: [/refunds]
    plugins:
    - name: rate-limiting
      config: {minute: 5, policy: local}
- {name: left, id: ${ids.left}, url: "http://left.internal"}
- {name: right, id: ${ids.right}, url: "http://right.internal"}
upstreams:
- name: payouts.internal
  targets:
  - target: 10.0.0.1:80
consumers:
- username: joe
  keyauth_credentials:
  - key: canary-key-of-joe-old
  acls:
  - group: payers
- {username: ann, id: ${ids.ann}, tags: [old]}
- username: eve
  keyauth_credentials:
  - key: canary-key-of-eve-01
plugins:
- name: session
  config: {secret: canary-session-secret-old}
`

export const after = `
_format_version: "3.0"
services:
- name: payouts
  url: http://payouts.example
  retries: 2
  routes:
  - name: payouts-list
    paths: [/pay-outs]
    plugins:
    - name: key-auth
      config: {hide_credentials: true}
- name: reports
  url: http://reports.internal
  routes:
  - name: reports-list
    paths: [/reports]
    plugins:
    - name: oauth2
      config: {enable_client_credentials: true}
- {name: right, id: ${ids.left}, url: "http://left.internal"}
- {name: left, id: ${ids.right}, url: "http://right.internal"}
upstreams:
- name: payouts.internal
  targets:
  - target: 10.0.0.2:80
consumers:
- username: joe
  keyauth_credentials:
  - key: canary-key-of-joe-new
  acls:
  - group: payers
  - group: reporters
- {username: ann, id: ${ids.newAnn}, tags: [new]}
- username: bob
plugins:
- name: session
  config: {secret: canary-session-secret-new}
`
