import type { ToolAnswer } from '../../core/tools/tool-card.ts'

/** What a tool said, as MCP has it. */
export const contentOf = ({ text, isError }: ToolAnswer) => ({
  content: [{ type: 'text' as const, text }],
  isError,
})
