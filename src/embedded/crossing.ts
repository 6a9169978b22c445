/** Lets many go on token by token, and halts them between two tokens while somebody has to be alone. */
export type Crossing = {
  /** Returns when nobody is alone; to be asked between two tokens. */
  pass(): Promise<void>
  alone(work: () => Promise<void>): Promise<void>
}

/**
 * node-llama-cpp holds its lock for as long as any sequence has a token to compute, so one that has to forget its earlier
 * prompt would wait until all others have ended: https://github.com/withcatai/node-llama-cpp, LlamaContext.dispatchPendingBatch
 */
export function createCrossing(): Crossing {
  let alone = 0
  let opened = Promise.withResolvers<void>()
  return {
    async pass() {
      // oxlint-disable-next-line eslint/no-unmodified-loop-condition -- whoever is alone changes it meanwhile
      while (alone > 0) await opened.promise
    },
    async alone(work) {
      alone += 1
      try {
        await work()
      } finally {
        alone -= 1
        if (alone === 0) {
          opened.resolve()
          opened = Promise.withResolvers<void>()
        }
      }
    },
  }
}
