import { type Fleet, fleetFrom } from '../../src/config/index.ts'
import { problemText } from '../../src/model/problem.ts'
import { providers } from '../known-providers.ts'

/** How a config begins. */
export const start = 'version: 1\nenvironments: [dev, prod]\n'
/** A config with two targets, and most of what one can say. */
export const whole = `version: 1
name: payments
environments: [dev, staging, prod]
targets:
  dev:
    environment: dev
    kong: { address: http://127.0.0.1:8001/ }
    manifests: [kong]
  prod-eu:
    environment: prod
    kong:
      address: https://kong.example:8444/admin
      headers:
        Accept-Language: en
        Kong-Admin-Token: { env: KONG_TOKEN }
        Authorization: { file: token, prefix: "Bearer " }
      workspace: pay
      timeout: 1500ms
      tls: { authorities: ca.pem }
    manifests: [kong/base, /abs/prod.yaml]
    select_tags: [team-pay]
    protected: false
    labels: { cloud: aws }
specifications: [specs/*.yaml]
policies: [policies/*.yaml]
`

/** The fleet of a config; throws what is wrong with it. */
export const fleetOf = (text: string, file = '/f/gatewatch.yaml'): Fleet => {
  const fleet = fleetFrom(text, file, providers, 'gatewatch.yaml')
  if (fleet.ok) return fleet.value
  throw new Error(fleet.error.map(problemText).join('\n'))
}
/** What is wrong with a config, as people read it. */
export const problemsIn = (text: string): readonly string[] => {
  const fleet = fleetFrom(text, '/f/gatewatch.yaml', providers, 'gatewatch.yaml')
  return fleet.ok ? [] : fleet.error.map(problemText)
}
/** A config with one target, of which a test says the rest. */
export const oneTarget = (rest: string) =>
  `${start}targets:\n  t:\n    environment: dev\n    manifests: [k]\n    kong: ${rest}\n`
