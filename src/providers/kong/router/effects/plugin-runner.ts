import type { Route } from '../configuration/entities.ts'
import { modelOf } from '../plugins/index.ts'
import type { Exchange, PluginModel } from '../requests/exchange.ts'
import type { RequestView } from '../requests/request.ts'
import type { HeaderEdit } from './header-edits.ts'
import { compareExecution } from './plugin-facts.ts'
import { PluginFields } from './plugin-fields.ts'
import type { PluginScope, PluginScopes, ScopedPlugin } from './plugin-scopes.ts'

/** What became of a request at a plugin. */
export type PluginEffectOn = 'passed' | 'ended' | 'observed' | 'unknown' | 'not reached'

/** A plugin that applies to a request. */
export interface AppliedPlugin {
  readonly name: string
  readonly scope: PluginScope
  readonly id: string | null
  readonly effect: PluginEffectOn
}

/** A plugin with its model; null: it only watches, undefined: what it does is not known. */
interface Step {
  readonly scoped: ScopedPlugin
  readonly model: PluginModel | null | undefined
  readonly fields: PluginFields
  /** What answers say of it, by effect. */
  readonly runs: Map<PluginEffectOn, AppliedPlugin>
}

/** Runs the plugins of routes on exchanges. */
export class PluginRunner {
  readonly #scopes: PluginScopes
  readonly #steps = new Map<ScopedPlugin, Step>()

  constructor(scopes: PluginScopes) {
    this.#scopes = scopes
  }

  /** Runs the plugins that apply; which ones these are is worked out anew when the consumer is known. */
  run(exchange: Exchange, route: Route): readonly AppliedPlugin[] {
    const runs: AppliedPlugin[] = []
    const steps: Step[] = []
    let consumer = exchange.consumer
    let plan = this.#scopes.effective(route, consumer)
    for (let i = 0; i < plan.length; i++) {
      const scoped = plan[i]
      if (!scoped) break
      const step = this.#stepOf(scoped)
      steps.push(step)
      runs.push(runOf(step, runStep(exchange, step)))
      if (exchange.consumerUnknown) this.#leaveConsumersOpen(exchange, route, scoped.name)
      if (exchange.consumer === consumer) continue
      consumer = exchange.consumer
      plan = this.#scopes.effective(route, consumer)
      i = plan.findLastIndex(other => compareExecution(other.name, scoped.name) <= 0)
    }
    for (const { model, fields } of steps)
      model?.respond?.(fields, exchange.response, exchange.view, exchange)
    return runs
  }

  /** What global plugins do to the response where no route answers. */
  respondGlobally(view: RequestView, edits: HeaderEdit[]): void {
    for (const scoped of this.#scopes.global) {
      const { model, fields } = this.#stepOf(scoped)
      model?.respond?.(fields, edits, view, null)
    }
  }

  /** Where it is not known who calls, plugins that stand in a consumer's scope may run or not. */
  #leaveConsumersOpen(exchange: Exchange, route: Route, after: string): void {
    for (const name of this.#scopes.ofConsumersOn(route)) {
      if (compareExecution(name, after) <= 0) continue
      exchange.say(
        `${name}: whether that of a consumer applies hangs on who calls, which is not known from here`,
      )
    }
  }

  #stepOf(scoped: ScopedPlugin): Step {
    let step = this.#steps.get(scoped)
    if (!step) {
      step = {
        scoped,
        model: modelOf(scoped.name),
        fields: new PluginFields(scoped.plugin.config),
        runs: new Map(),
      }
      this.#steps.set(scoped, step)
    }
    return step
  }
}

function runOf({ scoped, runs }: Step, effect: PluginEffectOn): AppliedPlugin {
  let run = runs.get(effect)
  if (!run) {
    run = { name: scoped.name, scope: scoped.scope, id: scoped.id, effect }
    runs.set(effect, run)
  }
  return run
}

function runStep(exchange: Exchange, { scoped, model, fields }: Step): PluginEffectOn {
  if (exchange.ending) return 'not reached'
  if (model === null) return 'observed'
  exchange.acting = scoped
  exchange.undecided = false
  if (scoped.plugin.ordering) {
    exchange.leaveOpen('its place in the order is configured, which is not modelled')
  }
  if (model === undefined) exchange.leaveOpen('what it does is not known from here')
  else model.access?.(exchange, fields)
  exchange.acting = null
  if (exchange.ending) return 'ended'
  return exchange.undecided ? 'unknown' : 'passed'
}
