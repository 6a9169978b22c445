import type { Ground, NotStarted } from './spec-kit.ts'

/** An answer in words, before any model is asked. */
export const notStarted = (reason: string): NotStarted => ({
  kind: 'not-started',
  outcome: { kind: 'abstained', reason, best: null, notStarted: true },
})

/** What to do where no feature is being worked on. */
export function noFeature({ command, paths, project, facts }: Ground): string {
  const start = `Start a feature with \`${command.prefix}specify\` and a sentence on what to build.`
  if (!paths.some((path) => path.startsWith('.specify/')))
    return `The workspace "${project.name}" holds no .specify folder. Set it up with \`specify init\`. ${start}`
  if (facts.isIgnored) return `No feature is there yet: the folder specs holds none. ${start}`
  return `.specify/feature.json names no feature of this project. ${start}`
}
