import type { Counted } from '../../core/counted.ts'

/** How an answer ends. */
export type End =
  | { readonly status: 'completed'; readonly usage: Counted }
  | {
      readonly status: 'incomplete'
      readonly reason: 'max_output_tokens' | 'content_filter'
      readonly usage: Counted
    }
  | { readonly status: 'failed'; readonly code: string; readonly message: string }

/** What an answer is made of, whoever gives it: the swarm or one model. The last piece is its end. */
export type Piece =
  | { readonly kind: 'beat' }
  | { readonly kind: 'thought'; readonly text: string }
  | { readonly kind: 'text'; readonly text: string }
  /** A bit of a tool call. Calls are numbered from 0; id and name are told anew with each bit. */
  | {
      readonly kind: 'call'
      readonly call: number
      readonly id: string
      readonly name: string
      readonly text: string
    }
  | { readonly kind: 'end'; readonly end: End }
