import type { ChatMessage } from './chat-body.ts'
import type { ChatItem, LlamaPackage, Model, Token } from './llama-package.ts'

/** How a model wants to be talked to. */
export type Chat = {
  /** A chat as tokens, up to where the answer begins, and the words that end the answer. */
  read(messages: readonly ChatMessage[]): { tokens: Token[]; stops: string[] }
}

/** Small models on a small machine answer at once or not at all, so thinking is switched off where it can be. */
const WITHOUT_THOUGHTS = {
  warningLogs: false,
  customWrapperSettings: {
    qwen: { thoughts: 'discourage' },
    jinjaTemplate: { reasoning: false },
    gemma4: { reasoning: false },
    seed: { thinkingBudget: 0 },
  },
}

/** Reads the template that is in the model's file. */
export function chatOf(library: LlamaPackage, model: Model): Chat {
  const wrapper = library.resolveChatWrapper(model, WITHOUT_THOUGHTS)
  return {
    read(messages) {
      const chatHistory: ChatItem[] = [...messages.map(itemOf), { type: 'model', response: [] }]
      const { contextText, stopGenerationTriggers } = wrapper.generateContextState({ chatHistory })
      const stops = stopGenerationTriggers.flatMap(({ values }) =>
        values.every((value) => typeof value === 'string') ? [values.join('')] : [],
      )
      return { tokens: contextText.tokenize(model.tokenizer), stops }
    },
  }
}

function itemOf({ role, content }: ChatMessage): ChatItem {
  if (role === 'assistant') return { type: 'model', response: [content] }
  return { type: role === 'user' ? 'user' : 'system', text: content }
}
