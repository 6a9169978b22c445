/** A weighted graph over nodes 0 … nodes-1, an edge at each index of the three lists. */
export type Edges = {
  readonly nodes: number
  readonly from: Int32Array
  readonly to: Int32Array
  readonly weight: Float64Array
}

/** How often the walker follows an edge instead of beginning again. */
const DAMPING = 0.5
const MOST_ROUNDS = 40
const CLOSE_ENOUGH = 1e-6

/**
 * Personalised PageRank: how often each node is visited by a walker who follows edges by their weight, and begins again at the
 * places of `home` by theirs. Sums to 1. (Page, Brin, Motwani, Winograd 1999, section 6.)
 */
export function pageRank(edges: Edges, home: Float64Array): Float64Array {
  const { nodes, from, to } = edges
  const start = normalised(home)
  const share = sharesOf(edges)
  const leads = new Uint8Array(nodes)
  for (const node of from) leads[node] = 1
  let rank = Float64Array.from(start)
  for (let round = 0; round < MOST_ROUNDS; round += 1) {
    let stranded = 0
    for (let node = 0; node < nodes; node += 1) if (leads[node] === 0) stranded += rank[node]!
    const again = 1 - DAMPING + DAMPING * stranded
    const next = start.map((part) => part * again)
    for (let edge = 0; edge < from.length; edge += 1)
      next[to[edge]!]! += DAMPING * share[edge]! * rank[from[edge]!]!
    const moved = next.reduce((sum, value, node) => sum + Math.abs(value - rank[node]!), 0)
    rank = next
    if (moved < CLOSE_ENOUGH) break
  }
  return rank
}

/** The part of its node's weight that each edge carries. */
export function sharesOf({ nodes, from, weight }: Edges): Float64Array {
  const total = new Float64Array(nodes)
  from.forEach((node, edge) => (total[node]! += weight[edge]!))
  return weight.map((value, edge) => value / total[from[edge]!]!)
}

function normalised(home: Float64Array): Float64Array {
  const total = home.reduce((sum, value) => sum + value, 0)
  return total > 0 ? home.map((value) => value / total) : home.map(() => 1 / home.length)
}
