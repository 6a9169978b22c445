import { basename } from 'node:path'
import { parseTree, type Node, type ParseError } from 'jsonc-parser'

/** The data without its layout, comments and order of keys; null where it is none. */
export function jsonForm(path: string, text: string, { comments }: { comments: boolean }): string | null {
  // the order of conditions in `exports` means something
  const isSorted = basename(path) !== 'package.json'
  const errors: ParseError[] = []
  try {
    const root = parseTree(text, errors, { disallowComments: !comments, allowTrailingComma: comments })
    return root && errors.length === 0 ? print(root, text, isSorted) : null
  } catch (error) {
    // nested so deeply that reading it needs more stack than there is
    if (error instanceof RangeError) return null
    throw error
  }
}

function print(node: Node, text: string, isSorted: boolean): string {
  const children = (node.children ?? []).map((child) => print(child, text, isSorted))
  switch (node.type) {
    case 'object':
      return `{${(isSorted ? sortKeys(node, children) : children).join(',')}}`
    case 'array':
      return `[${children.join(',')}]`
    case 'property':
      return children.join(':')
    case 'string':
      return JSON.stringify(node.value)
    default:
      // a number stays as it was written: not every one of them survives being read
      return text.slice(node.offset, node.offset + node.length)
  }
}

/** Of equal keys the last one counts, so they keep their order. */
function sortKeys({ children = [] }: Node, printed: readonly string[]): string[] {
  const keys = children.map(({ children: [key] = [] }) => String(key?.value))
  return printed
    .map((text, index) => ({ key: keys[index]!, text }))
    .toSorted((one, other) => (one.key === other.key ? 0 : one.key < other.key ? -1 : 1))
    .map(({ text }) => text)
}
