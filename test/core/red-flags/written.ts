/** git's diff of a new file that holds this. */
export function added(path: string, text: string): string {
  const lines = text.replace(/\n$/, '').split('\n')
  return [
    `diff --git a/${path} b/${path}`,
    'new file mode 100644',
    '--- /dev/null',
    `+++ b/${path}`,
    `@@ -0,0 +1,${lines.length} @@`,
    ...lines.map((line) => `+${line}`),
    '',
  ].join('\n')
}

/** git's diff of a file with one hunk, its lines as they stand there: ` context`, `-removed`, `+added`. */
export function changed(path: string, ...lines: string[]): string {
  const count = (sign: string): number => lines.filter((line) => line[0] === sign || line[0] === ' ').length
  return [
    `diff --git a/${path} b/${path}`,
    'index 1111111..2222222 100644',
    `--- a/${path}`,
    `+++ b/${path}`,
    `@@ -1,${count('-')} +1,${count('+')} @@`,
    ...lines,
    '',
  ].join('\n')
}
