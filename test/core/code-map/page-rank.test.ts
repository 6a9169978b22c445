import assert from 'node:assert/strict'
import { test } from 'node:test'
import * as fc from 'fast-check'
import { pageRank, type Edges } from '../../../src/core/code-map/page-rank.ts'

const graph = (nodes: number, ...edges: [from: number, to: number, weight: number][]): Edges => ({
  nodes,
  from: Int32Array.from(edges, ([from]) => from),
  to: Int32Array.from(edges, ([, to]) => to),
  weight: Float64Array.from(edges, ([, , weight]) => weight),
})
const home = (...weights: number[]): Float64Array => Float64Array.from(weights)

test('whom many lead to is visited most, and by heavier edges more often', () => {
  const rank = pageRank(graph(4, [0, 3, 1], [1, 3, 1], [2, 3, 9], [2, 1, 1]), home(1, 1, 1, 1))
  assert.equal(rank.indexOf(Math.max(...rank)), 3)
  assert.ok(rank[1]! > rank[0]!)
  assert.equal(rank[0], rank[2])
})

test('the walker is mostly where he begins, and at whatever that leads to', () => {
  const rank = pageRank(graph(4, [0, 1, 1], [2, 3, 1]), home(1, 0, 0, 0))
  assert.ok(rank[0]! > rank[1]! && rank[1]! > 0)
  assert.deepEqual([rank[2], rank[3]], [0, 0])
})

test('visits come to one in all, whatever the graph', () => {
  const node = fc.nat({ max: 9 })
  const edge = fc.tuple(node, node, fc.double({ min: 0.1, max: 100, noNaN: true }))
  const weight = fc.double({ min: 0, max: 100, noNaN: true })
  fc.assert(
    fc.property(
      fc.array(edge, { maxLength: 40 }),
      fc.array(weight, { minLength: 10, maxLength: 10 }),
      (edges, homes) => {
        const rank = pageRank(graph(10, ...edges), home(...homes))
        assert.ok(rank.every((value) => value >= 0))
        assert.ok(Math.abs(rank.reduce((sum, value) => sum + value, 0) - 1) < 1e-6)
      },
    ),
  )
})
