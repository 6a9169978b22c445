/** A size in memory, for a human. */
export const gigabytes = (bytes: number): string => `${(bytes / 1e9).toFixed(1)} GB`
