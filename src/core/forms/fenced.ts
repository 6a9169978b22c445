/** A fence longer than any run of backticks in the text, so that nothing in it can close it. */
export function fenced(text: string, info: string): string {
  const longest = Array.from(text.matchAll(/`+/g), ([run]) => run.length).reduce(
    (most, length) => Math.max(most, length),
    0,
  )
  const ticks = '`'.repeat(Math.max(3, longest + 1))
  return `${ticks}${info}\n${text}${text.endsWith('\n') ? '' : '\n'}${ticks}`
}

/** Set in, so that no client takes it for a file or an edit, and Markdown shows it as it is. */
export const quoted = (text: string): string =>
  text
    .replace(/\n$/, '')
    .split('\n')
    .map((line) => `    ${isHarmless(line) ? '' : '| '}${line}`)
    .join('\n')

/** Is this no line that holds an edit together? Some are looked for behind white space too. */
export const isHarmless = (line: string): boolean =>
  !/^\s*(?:`{3}|<{5}|={5}|>{5}|<\/?(?:source|code|pre)\w*>)/.test(line)

/** The ending of a file's name, as Markdown names languages; empty where it has none. */
export const languageOf = (path: string): string => /\.(\w+)$/.exec(path)?.[1]?.toLowerCase() ?? ''
