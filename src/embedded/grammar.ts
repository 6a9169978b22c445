import type { ChatBody } from './chat-body.ts'
import { grammarSchema } from './grammar-schema.ts'
import type { Llama, LlamaPackage, Model } from './llama-package.ts'
import { Refused } from './refused.ts'

/** What an answer is held to. `state` is for one answer only; null where the answer is free. */
export type Held = { readonly state: object | null; readonly stops: readonly string[] }

export type Grammars = { of(body: ChatBody): Promise<Held> }

type Grammar = Awaited<ReturnType<Llama['createGrammar']>>
type Rule = { readonly key: string; readonly stops: readonly string[]; make(): Promise<Grammar> }

/** The grammars made for schemas end in this, and go on with it for ever. */
const END_OF_JSON = '\n\n\n\n'
/** Five voters come with one grammar; those of a plan and a verdict come again and again. */
const REMEMBERED = 20

/** Makes grammars, and remembers the last ones. */
export function createGrammars(library: LlamaPackage, llama: Llama, model: Model): Grammars {
  const known = new Map<string, Grammar>()
  return {
    async of(body) {
      const rule = ruleOf(body, llama)
      if (rule === null) return { state: null, stops: [] }
      const grammar = known.get(rule.key) ?? (await make(rule))
      known.set(rule.key, grammar)
      const [oldest] = known.keys()
      if (known.size > REMEMBERED && oldest !== undefined) known.delete(oldest)
      return { state: new library.LlamaGrammarEvaluationState({ model, grammar }), stops: rule.stops }
    },
  }
}

async function make(rule: Rule): Promise<Grammar> {
  try {
    return await rule.make()
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error)
    throw new Refused(`the answer cannot be held to this grammar or schema: ${why}`, { cause: error })
  }
}

function ruleOf({ grammar, json_schema: own, response_format: format }: ChatBody, llama: Llama): Rule | null {
  if (grammar) return { key: `grammar ${grammar}`, stops: [], make: () => llama.createGrammar({ grammar }) }
  if (own !== undefined && own !== null) return ruleOfSchema(own, llama)
  if (!format || format.type === 'text') return null
  const schema = 'json_schema' in format ? format.json_schema.schema : format.schema
  if (schema !== undefined) return ruleOfSchema(schema, llama)
  return { key: 'json', stops: [END_OF_JSON], make: () => llama.getGrammarFor('json') }
}

function ruleOfSchema(schema: unknown, llama: Llama): Rule {
  const held = grammarSchema(schema)
  if (held === null) throw new Refused('the answer cannot be held to this schema: each part needs a type')
  return {
    key: `schema ${JSON.stringify(held)}`,
    stops: [END_OF_JSON],
    make: () => llama.createGrammarForJsonSchema(held),
  }
}
