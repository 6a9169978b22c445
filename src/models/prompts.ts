import { createHash } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Prompt, PromptName, Prompts } from '../cascade/ports.ts'
import { planForm, schemaOf, verdictForm, type JsonSchema } from '../core/json-form.ts'
import { parseTemplate, renderTemplate } from '../core/template.ts'
import type { Template } from '../core/template.ts'

const NAMES: readonly PromptName[] = [
  'plan',
  'code',
  'test',
  'vote',
  'review',
  'describe',
  'answer',
  'research',
]

/** Reads every prompt of a directory once, at start, so that a broken one stops the server and not a task. */
export function loadPrompts(directory: string): Prompts {
  const prompts = new Map(NAMES.map((name) => [name, load(join(directory, `${name}.md`))]))
  const get = (name: PromptName): Loaded => {
    const prompt = prompts.get(name)
    if (!prompt) throw new Error(`there is no prompt "${name}"`)
    return prompt
  }
  return {
    version: (name) => get(name).version,
    render(name, values) {
      const { template } = get(name)
      const schema = FORMS[name]
      return naming(`prompt "${name}"`, () => ({
        ...toPrompt(template, values),
        ...(schema === undefined ? {} : { schema }),
      }))
    },
  }
}

/** Of the prompts that are answered in JSON. */
const FORMS: Partial<Record<PromptName, JsonSchema>> = {
  plan: schemaOf(planForm),
  review: schemaOf(verdictForm),
}

type Loaded = { readonly template: Template; readonly version: string }

const load = (path: string): Loaded =>
  naming(path, () => {
    const text = readFileSync(path, 'utf8')
    const version = createHash('sha256').update(text).digest('hex').slice(0, 12)
    return { template: parseTemplate(text), version }
  })

function toPrompt(template: Template, values: Record<string, string>): Prompt {
  const { system, user } = renderTemplate(template, values)
  return {
    messages: [
      { role: 'system', content: system },
      { role: 'user', content: user },
    ],
    temperature: template.temperature,
    maxTokens: template.maxTokens,
    json: template.output === 'json',
  }
}

/** The rules in core do not know which file they read; whoever mends it must. */
function naming<Result>(what: string, work: () => Result): Result {
  try {
    return work()
  } catch (error) {
    throw new Error(`${what}: ${error instanceof Error ? error.message : String(error)}`, { cause: error })
  }
}
