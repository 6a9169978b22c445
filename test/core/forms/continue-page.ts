/** A code block as Continue's page reads it. */
export type PageBlock = {
  readonly language: string
  /** The file its button changes; null where it names none, which means the file that is open. */
  readonly path: string | null
  readonly text: string
  /** What one can do with it. */
  readonly button: 'apply' | 'run' | 'none'
}

/**
 * The blocks of an answer and their buttons. Retold from `gui/src/components/StyledMarkdownPreview` of
 * continuedev/continue: the info string is cut at blanks, a name without an ending takes the buttons away, and shell
 * blocks are run.
 */
export function pageBlocks(answer: string): PageBlock[] {
  return Array.from(
    answer.matchAll(/^(`{3,})([^`\n]*)\n([\s\S]*?)^\1`*[ \t]*$/gm),
    ([, , info = '', body = '']) => {
      const [language = '', path = null] = info.split(' ')
      return { language, path, text: body.replace(/\n$/, ''), button: buttonOf(language, path) }
    },
  )
}

function buttonOf(language: string, path: string | null): PageBlock['button'] {
  if (path !== null && !/\.[0-9a-z]+$/i.test(path)) return 'none'
  return language === 'sh' || language === 'bash' ? 'run' : 'apply'
}

/** What the button makes of a file; null where another model would be asked. Retold from `core/edit/lazy/applyCodeBlock.ts`. */
export function pressApply(before: string | null, { text }: PageBlock): string | null {
  if (before === null || before.trim() === '') return `${text}${before ?? ''}`
  // without such a line a block of few removals passes for the new file
  if (!/\.{3}\s*.+?\s*\.{3}/.test(text)) return text
  const hunks = text.split(/^@@ .* @@$/m).slice(1)
  const source = before.split(/\r?\n/)
  const result: string[] = []
  let done = 0
  for (const hunk of hunks) {
    const lines = hunk
      .replace(/^\n|\n$/g, '')
      .split('\n')
      .filter((line) => !/^(?:---|\+\+\+)/.test(line))
    const old = lines.filter((line) => !line.startsWith('+')).map((line) => line.slice(1).trimStart())
    const at = source.findIndex(
      (_, index) =>
        index >= done && old.every((line, offset) => source[index + offset]?.trimStart() === line),
    )
    if (at < 0) return null
    result.push(...source.slice(done, at))
    done = at
    for (const line of lines) {
      if (line.startsWith('+')) result.push(line.slice(1))
      else {
        if (!line.startsWith('-')) result.push(source[done]!)
        done += 1
      }
    }
  }
  return [...result, ...source.slice(done)].join(before.includes('\r\n') ? '\r\n' : '\n')
}
