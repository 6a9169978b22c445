/**
 * May this be handed to git as the name of a commit? Nothing that git could take for an option, a range, a search through
 * messages, or a file inside a commit.
 */
export const isRevision = (text: string): boolean =>
  REVISION.test(text) && !text.includes('..') && !text.includes('@{')

const REVISION = /^[\p{L}\p{N}_@][\p{L}\p{N}_./@+^~-]{0,199}$/u
