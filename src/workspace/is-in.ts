import { sep } from 'node:path'

/** Is it this folder, or below it? */
export const isIn = (folder: string, path: string): boolean => `${path}${sep}`.startsWith(`${folder}${sep}`)
