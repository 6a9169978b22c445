import { createHash } from 'node:crypto'
import { readFileSync, writeSync } from 'node:fs'
import { languageOf } from '../../core/source-text.ts'
import type { SourceFile } from '../../core/task.ts'
import { mayHaveComments } from '../syntax/json-syntax.ts'
import { jsonForm } from './json-form.ts'
import { scriptForm } from './script-form.ts'
import { tokenForm } from './token-form.ts'

// A program of its own, see normal-forms.ts: files come in by stdin, and for each that can be read a line goes out at
// once, because the next file may be the end of this process.
const files: readonly SourceFile[] = JSON.parse(readFileSync(0, 'utf8'))
for (const file of files) {
  const form = normalForm(file)
  if (form === null) continue
  const hash = createHash('sha256').update(`form\0${form}`).digest('hex')
  writeSync(1, `${JSON.stringify([file.path, hash])}\n`)
}

function normalForm({ path, content }: SourceFile): string | null {
  const language = languageOf(path)
  if (language === null) return jsonForm(path, content, { comments: mayHaveComments(path) })
  if (language === 'javascript') return scriptForm(path, content)
  return tokenForm(path, content, language)
}
