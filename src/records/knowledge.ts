import type { DatabaseSync } from 'node:sqlite'
import type { z } from 'zod'

/** A model under one version of a prompt: what was learnt of it under another says little. */
export type Known = { readonly model: string; readonly prompt: string }

export type Knowledge<Value> = { get(known: Known): Value; set(known: Known, record: Value): void }

/** One record for each model and prompt; what is not there, or cannot be read any more, starts again from nothing. */
export function createKnowledge<Value>(
  database: DatabaseSync,
  table: 'voters' | 'reviewers',
  schema: z.ZodType<Value>,
  none: Value,
): Knowledge<Value> {
  const select = database.prepare(`SELECT json FROM ${table} WHERE model = ? AND prompt = ?`)
  const replace = database.prepare(`INSERT OR REPLACE INTO ${table} (model, prompt, json) VALUES (?, ?, ?)`)
  return {
    get({ model, prompt }) {
      const json = select.get(model, prompt)?.['json']
      const read = typeof json === 'string' ? schema.safeParse(JSON.parse(json)) : null
      return read?.success ? read.data : none
    },
    set({ model, prompt }, record) {
      replace.run(model, prompt, JSON.stringify(record))
    },
  }
}
