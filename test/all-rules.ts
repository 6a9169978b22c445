import { globSync } from 'node:fs'
import { join } from 'node:path'

// Rules touch nothing outside of themselves, so all their tests can share one process: to start one for each of fifty
// files takes longer than what they test.
for (const file of globSync('core/**/*.test.ts', { cwd: import.meta.dirname }).sort()) {
  await import(join(import.meta.dirname, file))
}
