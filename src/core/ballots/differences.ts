/** One piece of a change: where it is, and its lines without the numbers that other pieces move. */
type Piece = {
  readonly file: string
  readonly heading: string
  readonly lines: readonly string[]
  readonly key: string
}

/** Characters of one option beyond which all options of a ballot are shortened. */
const MOST_CHARACTERS = 12_000
/** Changed lines kept of each piece when they are: the most that makes every option fit. */
const STEPS = [40, 20, 10, 5, 2, 0] as const
const LONGEST_LINE = 240

/**
 * Each of git's diffs as a ballot shows it: without what all of them change in the same way, and without hashes. Never
 * cut at the end, where the difference may be: when one is too long, every piece of every option is shortened alike.
 */
export function differences(diffs: readonly string[]): string[] {
  const options = diffs.map(piecesOf)
  const own = options.map((pieces) =>
    pieces.filter(({ key }) => !options.every((others) => others.some((other) => other.key === key))),
  )
  const whole = own.map((pieces) => show(pieces))
  if (whole.every((text) => text.length <= MOST_CHARACTERS)) return whole
  const shortened = STEPS.map((step) =>
    own.map((pieces) => show(pieces.map((piece) => shorten(piece, step)))),
  )
  return (shortened.find(fits) ?? shortened.at(-1)!).map((text) => `${SHORTENED}\n${text}`)
}

const SHORTENED =
  '(This change is long: of each place it touches, only the first changed lines are shown, in every option alike.)'

const fits = (texts: readonly string[]): boolean => texts.every((text) => text.length <= MOST_CHARACTERS)

function show(pieces: readonly Piece[]): string {
  if (pieces.length === 0) return '(nothing beyond what every option changes)'
  return pieces
    .flatMap((piece, index) => [
      ...(piece.file === pieces[index - 1]?.file ? [] : [piece.file]),
      ...(piece.heading === '' ? [] : [piece.heading]),
      ...piece.lines,
    ])
    .join('\n')
}

function shorten(piece: Piece, most: number): Piece {
  const changed = piece.lines.filter((line) => /^[+-]/.test(line))
  const kept = changed.slice(0, most).map((line) => line.slice(0, LONGEST_LINE))
  const left = changed.length - kept.length
  return { ...piece, lines: left === 0 ? kept : [...kept, `[… ${left} more changed lines]`] }
}

/** A file without hunks (a mode, a rename, binary content) is one piece of its own. */
function piecesOf(diff: string): Piece[] {
  return diff
    .split(/^(?=diff --git )/m)
    .filter((section) => section.trim() !== '')
    .flatMap((section) => {
      const [head = '', ...hunks] = section.split(/^(?=@@ )/m)
      const file = headOf(head)
      return hunks.length === 0
        ? [{ file, heading: '', lines: [], key: file }]
        : hunks.map((hunk) => pieceOf(file, hunk))
    })
}

/** What a file's head says that means something to a reader: its name, once, and whether it is new or gone. */
function headOf(head: string): string {
  const lines = linesOf(head).filter((line) => !line.startsWith('index '))
  const isNamed = lines.some((line) => line.startsWith('+++ '))
  return (isNamed ? lines.filter((line) => !line.startsWith('diff --git ')) : lines).join('\n')
}

function pieceOf(file: string, hunk: string): Piece {
  const [heading = '', ...lines] = linesOf(hunk)
  // where it begins in the base is the same in all options; where it ends up is not
  const start = /^@@ -(\d+)/.exec(heading)?.[1] ?? ''
  return { file, heading, lines, key: [file, start, ...lines].join('\n') }
}

const linesOf = (text: string): string[] => text.replace(/\n$/, '').split('\n')
