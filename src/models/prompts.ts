import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Prompt, Prompts } from '../cascade/ports.ts'
import { parseTemplate, renderTemplate } from '../core/template.ts'
import type { Template } from '../core/template.ts'

const NAMES = ['plan', 'code', 'vote', 'review'] as const

/** Reads every prompt of a directory once, at start, so that a broken one stops the server and not a task. */
export function loadPrompts(directory: string): Prompts {
  const templates = new Map(NAMES.map((name) => [name, load(join(directory, `${name}.md`))]))
  return {
    render(name, values) {
      const template = templates.get(name)
      if (!template) throw new Error(`there is no prompt "${name}"`)
      return naming(`prompt "${name}"`, () => toPrompt(template, values))
    },
  }
}

const load = (path: string): Template => naming(path, () => parseTemplate(readFileSync(path, 'utf8')))

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
