import { join } from 'node:path'
import spectral, { type RulesetDefinition } from '@stoplight/spectral-core'
import { Resolver } from '@stoplight/spectral-ref-resolver'
import type { Problem } from '../../../model/problem.ts'
import { isUrl } from '../../reading/references.ts'
import type { Specification } from '../../reading/specification.ts'
import { compareFindings, type LintFinding, SEVERITIES } from '../finding.ts'
import { LocatedFiles, pointerOf, teachLocations, useLocations } from '../inventory.ts'
import { FunctionFault } from '../rulesets/function-fault.ts'
import { EXAMPLE_FUNCTION, rememberExamples } from './example-memo.ts'
import { instrument } from './instrument.ts'
import { plainResults } from './messages.ts'
import { OncePerRun } from './once.ts'

/** Runs Spectral's rules over specifications that were read before. */
export class Engine {
  readonly #definition: RulesetDefinition
  readonly #source: string
  readonly #once = new OncePerRun()
  /** Why the function of a rule didn't answer, by rule: it isn't called again in the same specification. */
  readonly #faults = new Map<string, Problem>()
  #ready: Promise<void> | undefined

  /**
   * @param source the path of the ruleset, which its `overrides` are relative to
   * @param onRule is called with the name of each rule before it checks a value
   */
  constructor(definition: RulesetDefinition, source: string, onRule: (rule: string) => void) {
    this.#source = source
    this.#definition = instrument(definition, (rule, original) => {
      const run = original.name === EXAMPLE_FUNCTION ? rememberExamples(original) : this.#once.limit(original)
      return (input, options, context) => {
        onRule(rule)
        if (this.#faults.has(rule)) return []
        try {
          return plainResults(run(input, options, context))
        } catch (error) {
          if (!(error instanceof FunctionFault)) throw error
          this.#faults.set(rule, faultOf(rule, error))
          return []
        }
      }
    })
  }

  /** The findings of the rules; a problem of the rules themselves if a function fails. */
  async run(
    spec: Specification,
    root: string,
  ): Promise<{ findings: readonly LintFinding[]; problems: readonly Problem[] }> {
    this.#ready ??= teachLocations()
    await this.#ready
    const sourceOf = (uri: string): string => (isUrl(uri) ? uri : join(root, uri))
    const uris = new Map([...spec.files.keys()].map(uri => [sourceOf(uri), uri]))
    const files = new LocatedFiles(spec, sourceOf)
    useLocations(files)
    this.#once.start()
    this.#faults.clear()
    const runner = new spectral.Spectral({ resolver: resolverOf(spec, uris, sourceOf) })
    try {
      runner.setRuleset(
        new spectral.Ruleset(this.#definition, { severity: 'recommended', source: this.#source }),
      )
      const results = await runner.run(files.root.parsed)
      const findings = results.map((result): LintFinding => {
        const uri = uris.get(result.source ?? '') ?? spec.uri
        const [line, column] = [result.range.start.line + 1, result.range.start.character + 1]
        return {
          rule: String(result.code),
          severity: SEVERITIES[result.severity] ?? 'error',
          message: result.message,
          place: { file: files.placeAt(uri, result.path).file, line, column },
          pointer: pointerOf(result.path),
          ...(result.documentationUrl ? { documentation: result.documentationUrl } : {}),
        }
      })
      return { findings: unique(findings).sort(compareFindings), problems: [...this.#faults.values()] }
    } catch (error) {
      return { findings: [], problems: [failure(error)] }
    }
  }
}

/** Behind YAML aliases one text has several paths: it is reported once. */
function unique(findings: readonly LintFinding[]): LintFinding[] {
  const keyOf = ({ rule, message, place }: LintFinding): string =>
    JSON.stringify([rule, message, place.file, place.line, place.column])
  // Of several the first stays.
  return [...new Map(findings.toReversed().map(finding => [keyOf(finding), finding])).values()]
}

function faultOf(rule: string, { file, message }: FunctionFault): Problem {
  return {
    code: 'ruleset-function',
    message: `The function ${file} of the rule ${rule} can't be called: ${message}`,
    hint: 'A function has no files, network, processes or environment. See docs/specifications.md.',
  }
}

function failure(error: unknown): Problem {
  const errors: unknown[] = error instanceof AggregateError ? error.errors : [error]
  const reasons = errors.map(one => (one instanceof Error ? one.message : String(one)))
  return { code: 'ruleset', message: `The rules could not be run: ${reasons.join('; ')}` }
}

/** Gives Spectral the files that were read, and why others were not. */
function resolverOf(
  spec: Specification,
  uris: ReadonlyMap<string, string>,
  sourceOf: (uri: string) => string,
): Resolver {
  const reader = {
    resolve: (reference: { href(): string }): Promise<string> => {
      const href = reference.href()
      const uri = uris.get(href) ?? uris.get(decodeURI(href)) ?? href
      const value = spec.files.get(uri)
      if (typeof value === 'object' && value !== null) {
        const source = spec.positions.sourceOf(value)
        if (source) return Promise.resolve(source.text)
      }
      const unread = [...spec.unread].find(([name]) => sourceOf(name) === href || name === uri)?.[1]
      return Promise.reject(new Error(unread?.message ?? `${uri} was not read`))
    },
  }
  return new Resolver({ resolvers: { file: reader, http: reader, https: reader } })
}
