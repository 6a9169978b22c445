import type { Random } from '../../src/core/random.ts'
import {
  applyPatch,
  blockReply,
  blocks,
  body,
  changed,
  count,
  fenced,
  header,
  hunksOf,
  unified,
} from './patch-writers.ts'
import type { FileChange, WrittenHunk, WrittenLine } from './patch-writers.ts'

/** A way in which models write a patch that is not quite one. */
export type Breaker = (change: FileChange, random: Random) => string

const pick = (random: Random, below: number): number => Math.floor(random() * below)
const marked =
  (change: (text: string) => string, ...marks: string[]) =>
  (hunk: WrittenHunk): string[] =>
    hunk.lines.map(({ mark, text }) => mark + (marks.includes(mark) ? change(text) : text))
const escapeHtml = (text: string): string =>
  text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;').replaceAll('"', '&quot;')
const doubled = (text: string): string => text.replace(/^ +/, (indent) => indent + indent)
const tabbed = (text: string): string =>
  text.replace(/^(?: {2})+/, (indent) => '\t'.repeat(indent.length / 2))
const curly = (text: string): string => text.replaceAll("'", '’').replaceAll(' - ', ' – ')
const withHunks = (
  change: FileChange,
  edit: (lines: WrittenLine[]) => WrittenLine[],
  wrong = false,
): string =>
  unified(change, {
    hunks: (hunks) => hunks.map((hunk) => ({ ...hunk, lines: edit(hunk.lines) })),
    header: wrong ? () => '@@ @@' : header,
  })

/** Replies that mean the change, each broken in one way; reading them must give exactly it, or be refused. */
export const BREAKERS: Readonly<Record<string, Breaker>> = {
  'a diff as git makes it': (change) => unified(change),
  'a fenced diff': (change) => fenced(unified(change)),
  'prose around the fence': (change) =>
    `Sure! The function needs a guard.\n\n${fenced(unified(change))}\n\nThis makes sure that:\n- nothing breaks\n- it is fast`,
  'prose around without a fence': (change) =>
    `Here is the patch you asked for:\n\n${unified(change)}\n\nThis change does the following:\n\n- adds what was missing\n- keeps the rest`,
  'wrong counts': (change, random) =>
    fenced(
      unified(change, {
        header: (hunk) =>
          `@@ -${hunk.start},${count(hunk, ' ', '-') + 1 + pick(random, 3)} +${hunk.newStart},${Math.max(0, count(hunk, ' ', '+') - pick(random, 3))} @@`,
      }),
    ),
  'counts of one': (change) =>
    fenced(unified(change, { header: (hunk) => `@@ -${hunk.start} +${hunk.newStart} @@` })),
  'no line numbers': (change) => fenced(unified(change, { header: () => '@@ @@' })),
  'bare at signs': (change) => fenced(unified(change, { header: () => '@@' })),
  'dots for numbers': (change) => fenced(unified(change, { header: () => '@@ ... @@' })),
  'only the heading': (change) =>
    fenced(unified(change, { header: ({ heading }) => (heading === '' ? '@@' : `@@ ${heading}`) })),
  'invented line numbers': (change, random) => {
    const off = 1000 + pick(random, 500)
    return fenced(
      unified(change, {
        header: (hunk) =>
          `@@ -${hunk.start + off},${count(hunk, ' ', '-')} +${hunk.newStart + off},${count(hunk, ' ', '+')} @@`,
      }),
    )
  },
  'all hunks at line one': (change) => fenced(unified(change, { header: () => '@@ -1,7 +1,9 @@' })),
  'context without its leading blank': (change) =>
    fenced(unified(change, { body: (hunk) => body(hunk).map((line) => line.replace(/^ /, '')) })),
  'some context without its leading blank': (change, random) =>
    fenced(
      unified(change, {
        body: (hunk) => body(hunk).map((line) => (random() < 0.5 ? line.replace(/^ /, '') : line)),
      }),
    ),
  'context indented twice as deep': (change) => fenced(unified(change, { body: marked(doubled, ' ') })),
  'everything indented twice as deep': (change) =>
    fenced(unified(change, { body: marked(doubled, ' ', '-', '+') })),
  'tabs for blanks': (change) => fenced(unified(change, { body: marked(tabbed, ' ', '-', '+') })),
  'two blanks more everywhere': (change) =>
    fenced(unified(change, { body: marked((text) => (text === '' ? '' : `  ${text}`), ' ', '-', '+') })),
  'a blank behind every mark': (change) =>
    fenced(
      unified(change, {
        body: (hunk) => hunk.lines.map(({ mark, text }) => (text === '' ? mark : `${mark} ${text}`)),
      }),
    ),
  'windows line ends': (change) => fenced(unified(change)).replaceAll('\n', '\r\n'),
  'no prefixes': (change) => fenced(unified(change, { names: (path) => [`--- ${path}`, `+++ ${path}`] })),
  'only the new name': (change) => fenced(unified(change, { names: (path) => [`+++ b/${path}`] })),
  'names with times': (change) =>
    fenced(
      unified(change, {
        names: (path) => [`--- a/${path}\t2024-05-01 10:00:00`, `+++ b/${path}\t2024-05-01 10:01:00`],
      }),
    ),
  'names as git writes them': (change) =>
    unified(change, {
      names: (path) => [
        `diff --git a/${path} b/${path}`,
        'index 83db48f..bf269f4 100644',
        `--- a/${path}`,
        `+++ b/${path}`,
      ],
    }),
  'a patch from a mail': (change) =>
    `From 1234567 Mon Sep 17 00:00:00 2001\nSubject: [PATCH] change\n\n---\n ${change.path} | 2 +-\n 1 file changed\n\n${unified(change, { names: (path) => [`diff --git a/${path} b/${path}`, `--- a/${path}`, `+++ b/${path}`] })}\n-- \n2.39.5\n`,
  'the name above the fence': (change) =>
    `### \`${change.path}\`\n\n${fenced(unified(change, { names: () => [] }))}`,
  'the name behind the fence': (change) =>
    fenced(unified(change, { names: () => [] }), `diff ${change.path}`),
  'blank context left out': (change) =>
    withHunks(change, (lines) => lines.filter(({ mark, text }) => mark !== ' ' || text.trim() !== ''), true),
  'blank lines between all': (change) =>
    withHunks(
      change,
      (lines) =>
        lines.flatMap((line) =>
          line.mark === ' ' && line.text !== '' ? [line, { mark: ' ' as const, text: '' }] : [line],
        ),
      true,
    ),
  'blanks at line ends': (change) =>
    fenced(unified(change, { body: marked((text) => `${text}  `, ' ', '-') })),
  'one line of context': (change) => fenced(unified(change, { context: 1 })),
  'ten lines of context': (change) => fenced(unified(change, { context: 10 })),
  'hunks glued together': (change) =>
    fenced(unified(change, { header: (hunk, index) => (index === 0 ? header(hunk) : null) })),
  'hunks in the wrong order': (change) => fenced(unified(change, { hunks: (hunks) => hunks.toReversed() })),
  'hunks twice': (change) =>
    fenced(unified(change, { hunks: (hunks) => hunks.flatMap((hunk) => [hunk, hunk]) })),
  // only context: an added line that stands twice may be meant
  'the first line twice': (change) =>
    withHunks(change, (lines) => (lines[0]!.mark === ' ' ? [lines[0]!, ...lines] : lines), true),
  html: (change) => escapeHtml(unified(change)),
  'curly quotes': (change) => fenced(unified(change, { body: marked(curly, ' ', '-', '+') })),
  'curly quotes in context': (change) => fenced(unified(change, { body: marked(curly, ' ') })),
  'context without semicolons': (change) =>
    fenced(unified(change, { body: marked((text) => text.replace(/[;,]$/, ''), ' ') })),
  'context without comments': (change) =>
    fenced(unified(change, { body: marked((text) => text.replace(/\s+\/\/ .*$/, ''), ' ') })),
  'line numbers in front': (change) =>
    fenced(
      unified(change, {
        body: (hunk) => {
          let number = hunk.start
          return hunk.lines.map(({ mark, text }) =>
            mark === '+' ? `+${text}` : `${mark}${number++} | ${text}`,
          )
        },
      }),
    ),
  'a json string': (change) => JSON.stringify(unified(change)),
  'a wrapped patch': (change) => `\`\`\`json\n${JSON.stringify({ patch: unified(change) })}\n\`\`\``,
  'a list item': (change) =>
    `1. Change the file:\n\n${fenced(unified(change))
      .split('\n')
      .map((line) => `   ${line}`)
      .join('\n')}\n2. Run the tests.`,
  'thought first': (change) =>
    `<think>\nMaybe\n${fenced('--- a/x.ts\n+++ b/x.ts\n@@ -1 +1 @@\n-no\n+nope')}\nNo.\n</think>\n${fenced(unified(change))}`,
  'an added line without its mark': (change) =>
    withHunks(
      change,
      (lines) =>
        lines.map((line, index) =>
          line.mark === '+' && lines[index - 1]?.mark === '+' && lines[index + 1]?.mark === '+'
            ? { ...line, mark: ' ' as const }
            : line,
        ),
      true,
    ),
  'elided context': (change) =>
    withHunks(
      change,
      (lines) => {
        const first = lines.findIndex(({ mark }) => mark !== ' ')
        return first < 3 ? lines : [lines[0]!, { mark: ' ', text: '    // ...' }, ...lines.slice(first - 1)]
      },
      true,
    ),

  blocks: (change) => blockReply(change),
  'a block with one line of context': (change) => blockReply(change, { context: 1 }),
  'blocks in a fence': (change) => fenced(blocks(change).join('\n'), `ts ${change.path}`),
  'fenced blocks under a heading': (change) =>
    blocks(change)
      .map((block) => `**${change.path}**\n${fenced(block, 'typescript')}`)
      .join('\n\n'),
  'blocks with other marks': (change) =>
    blockReply(change, { marks: ['------- SEARCH', '=======', '+++++++ REPLACE'] }),
  'blocks indented less': (change) => blockReply(change, { line: (text) => text.replace(/^ {2}/, '') }),
  'blocks indented more': (change) =>
    blockReply(change, { line: (text) => (text === '' ? '' : `  ${text}`) }),
  'blocks with tabs': (change) => blockReply(change, { line: tabbed }),
  'flat blocks': (change) => blockReply(change, { line: (text) => text.trimStart() }),
  'blocks with blanks at line ends': (change) =>
    blockReply(change, { search: (lines) => lines.map((line) => `${line} `) }),
  'blocks with blank lines around': (change) =>
    blockReply(change, { search: (lines) => ['', ...lines, ''], replace: (lines) => ['', ...lines, ''] }),
  'blocks without blank lines': (change) =>
    blockReply(change, { search: (lines) => lines.filter((line) => line.trim() !== '') }),
  'escaped blocks': (change) => escapeHtml(blockReply(change)),
  'numbered blocks': (change) => blockReply(change, { line: (text) => `12 | ${text}` }),
  'blocks in the wrong order': (change) =>
    blocks(change)
      .toReversed()
      .map((block) => `${change.path}\n${block}`)
      .join('\n'),
  'blocks twice': (change) => `${blockReply(change)}\n\n${blockReply(change)}`,
  'blocks with windows line ends': (change) => blockReply(change).replaceAll('\n', '\r\n'),

  apply_patch: (change) => applyPatch(change),
  'apply_patch without headings': (change) => applyPatch(change, { heading: false }),
  'apply_patch with little context': (change) => applyPatch(change, { context: 1 }),
  'apply_patch in a fence without its end': (change) => fenced(applyPatch(change, { end: false }), ''),

  'the whole file': (change) => fenced(changed(change).join('\n'), `ts ${change.path}`),
  'the whole file under its name': (change) =>
    `Here is the updated file.\n\n**${change.path}**\n${fenced(changed(change).join('\n'), 'ts')}`,
  'the whole file with a title': (change) => fenced(changed(change).join('\n'), `ts title="${change.path}"`),
  'the whole file named in a comment': (change) =>
    fenced([`// ${change.path}`, ...changed(change)].join('\n'), 'ts'),
  'the whole file with blanks at line ends': (change) =>
    fenced(
      changed(change)
        .map((line) => (line === '' ? line : `${line} `))
        .join('\n'),
      `ts ${change.path}`,
    ),

  'json edits': (change) =>
    JSON.stringify({
      edits: sides(change).map(([search, replace]) => ({ path: change.path, search, replace })),
    }),
  'json edits in a fence': (change) =>
    `Done:\n\`\`\`json\n${JSON.stringify(
      sides(change).map(([old_string, new_string]) => ({ file_path: change.path, old_string, new_string })),
      null,
      2,
    )}\n\`\`\``,
  'json with the whole file': (change) =>
    JSON.stringify({ files: [{ path: change.path, content: `${changed(change).join('\n')}\n` }] }),
  'json with loose commas': (change) =>
    `{edits: [${sides(change)
      .map(
        ([search, replace]) =>
          `{'path': '${change.path}', "old": ${JSON.stringify(search)}, "new": ${JSON.stringify(replace)},},`,
      )
      .join(' ')}]}`,
}

function sides(change: FileChange): [string, string][] {
  return hunksOf(change, 2).map(({ lines }) => {
    const side = (mark: '-' | '+'): string =>
      lines
        .filter((line) => line.mark === ' ' || line.mark === mark)
        .map(({ text }) => text)
        .join('\n')
    return [side('-'), side('+')]
  })
}

/** Replies from which something is missing or made up: applying them can only be wrong. */
export const SPOILERS: Readonly<Record<string, Breaker>> = {
  'a removed line is made up': (change) =>
    fenced(unified(change, { body: (hunk) => [...body(hunk), '-thisLineIsNowhere(42)'] })),
  'the fence is not closed': (change) => fenced(unified(change)).slice(0, -4),
  'cut off in a block': (change) => blockReply(change).slice(0, -20),
  'a block without a divider': (change) => blockReply(change).replaceAll('\n=======\n', '\n'),
  'the rest is left out': (change) => {
    const after = changed(change)
    return fenced(
      [...after.slice(0, Math.ceil(after.length / 2)), '// ... rest of the code ...'].join('\n'),
      `ts ${change.path}`,
    )
  },
  'the whole file shrinks': (change) =>
    fenced(
      changed(change)
        .slice(0, Math.floor(change.before.length / 4))
        .join('\n'),
      `ts ${change.path}`,
    ),
  'additions only stand for code': (change) =>
    fenced(unified(change, { body: (hunk) => [...body(hunk), '+  // ... existing code ...'] })),
  'apply_patch without its end': (change) => applyPatch(change, { end: false }),
  'a file that is not there': (change) => fenced(unified({ ...change, path: 'nowhere/else.ts' })),
}
