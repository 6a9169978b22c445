import { createHash } from 'node:crypto'
import { languageOf } from '../../core/source-text.ts'
import type { SourceFile } from '../../core/task.ts'
import { mayHaveComments } from '../syntax/json-syntax.ts'
import { jsonForm } from './json-form.ts'
import { scriptForm } from './script-form.ts'
import { tokenForm } from './token-form.ts'

/** A file's path and the hash of its normal form; null for one that cannot be read as its ending says. */
export function normalForm(file: SourceFile): [string, string] | null {
  const form = formText(file)
  return form === null ? null : [file.path, createHash('sha256').update(`form\0${form}`).digest('hex')]
}

function formText({ path, content }: SourceFile): string | null {
  const language = languageOf(path)
  if (language === null) return jsonForm(path, content, { comments: mayHaveComments(path) })
  if (language === 'javascript') return scriptForm(path, content)
  return tokenForm(path, content, language)
}
