import { lineReader } from './reader.ts'

/** `src/a.ts(3,5): error TS2322: …` and the pretty form `src/a.ts:3:5 - error TS2322: …`. */
export const typescript = lineReader(
  /^(\S.*?)(?:\((\d+),\d+\)|:(\d+):\d+)(?: -|:) error (TS\d+): (.*)$/,
  ([, file, plain, pretty, code, message]) => ({ file, line: plain ?? pretty, code, message }),
)
