import type { Api } from '../../src/model/api.ts'
import type { Problem } from '../../src/model/problem.ts'
import type { Change, Drift } from '../../src/reconcile/drift/drift.ts'
import type { FleetView, Need, TargetView } from '../../src/workflows/fleet/fleet-view.ts'
import { providers } from '../known-providers.ts'

/** The moment at which all tests look. */
export const now = new Date('2026-03-01T02:14:07Z')

export function minutesAgo(minutes: number): Date {
  return new Date(now.getTime() - minutes * 60_000)
}

export function change(name: string, more: Partial<Change> = {}): Change {
  return {
    id: `update route ${name}`,
    kind: 'route',
    key: name,
    operation: 'update',
    name,
    cause: 'git ahead',
    fields: [{ path: 'strip_path', git: false, live: true, base: true, cause: 'git ahead' }],
    needs: [],
    cascades: [],
    ...more,
  }
}

export function drift(target: string, changes: readonly Change[], more: Partial<Drift> = {}): Drift {
  return {
    target,
    changes,
    unknown: [],
    notOurs: [],
    blocked: [],
    ignored: [],
    ignoreRules: [],
    equal: 40,
    ...more,
  }
}

export function target(name: string, more: Partial<TargetView> = {}): TargetView {
  return {
    name,
    environment: 'prod',
    protected: false,
    labels: {},
    address: `http://${name}.test:8001`,
    gateway: 'Kong Gateway 3.9.1',
    reach: { state: 'reached', milliseconds: 31 },
    readAt: now,
    drift: drift(name, []),
    apis: [],
    exposures: [],
    findings: [],
    lastSync: null,
    cutOff: null,
    lock: null,
    blocked: null,
    manifestProblems: [],
    checksCertificate: true,
    waiting: null,
    unmodelled: null,
    ...more,
  }
}

export function api(name: string, more: Partial<Api> = {}): Api {
  return {
    target: 'prod-eu',
    environment: 'prod',
    service: 'payments',
    route: name,
    hosts: ['api.pay.example'],
    paths: [`/${name}`],
    expression: null,
    methods: ['GET'],
    protocols: ['https'],
    tags: [],
    authentication: ['key-auth'],
    managed: true,
    specification: null,
    enabled: true,
    unreachable: null,
    ...more,
  }
}

export function need(kind: Need['kind'], where: string, more: Partial<Need> = {}): Need {
  return {
    kind,
    target: where,
    production: true,
    title: `${kind} at ${where}`,
    since: minutesAgo(14),
    who: 'who unknown',
    routesAffected: 0,
    details: [],
    changes: [],
    ...more,
  }
}

export function fleet(targets: readonly TargetView[]): FleetView {
  return {
    kinds: providers.kinds,
    name: 'payments',
    origin: {
      repository: 'payments',
      branch: 'main',
      commit: '3f2a9c1e00000000000000000000000000000000',
      edited: 0,
    },
    environments: ['dev', 'staging', 'prod'],
    production: ['prod'],
    targets,
    governance: null,
  }
}

export const problem: Problem = {
  code: 'timeout',
  target: 'prod-ap',
  message: 'prod-ap did not answer within 10 s',
  hint: 'Check the network.',
}
