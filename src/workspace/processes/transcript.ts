/** What a program said, within bounds: the beginning and the end are kept, the middle goes first. */
export function createTranscript(limit: number) {
  const half = Math.ceil(limit / 2)
  const head: Buffer[] = []
  const tail: Buffer[] = []
  let room = half
  let tailSize = 0
  let dropped = 0

  return {
    add(this: void, chunk: Buffer): void {
      if (room > 0) head.push(chunk.subarray(0, room))
      const rest = chunk.subarray(room)
      room = Math.max(0, room - chunk.length)
      if (rest.length === 0) return
      tail.push(rest)
      tailSize += rest.length
      while (tailSize > half) dropFirst(tailSize - half)
    },
    get dropped() {
      return dropped
    },
    text(encoding: 'utf8' | 'latin1'): string {
      if (dropped === 0) return Buffer.concat([...head, ...tail]).toString(encoding)
      const [before, after] = [head, tail].map((chunks) => Buffer.concat(chunks).toString(encoding))
      return `${before}\n[… ${dropped} bytes of output left out …]\n${after}`
    },
  }

  function dropFirst(surplus: number): void {
    const first = tail[0]!
    const gone = Math.min(surplus, first.length)
    if (gone === first.length) tail.shift()
    else tail[0] = first.subarray(gone)
    tailSize -= gone
    dropped += gone
  }
}
