/** A model that can be proposed to somebody who has none. */
export type Offer = {
  readonly uri: string
  /** Where a browser finds the file, and what it is called there. */
  readonly page: string
  readonly file: string
  readonly licence: string
  readonly bytes: number
  /** Memory that has to be free for it and the contexts of five coders. */
  readonly needsBytes: number
}

const GB = 1e9

/** Larger ones first. Sizes are those of four bits a weight, and some. */
export const OFFERS: readonly Offer[] = [
  {
    uri: 'hf:unsloth/Qwen3.5-4B-GGUF:Q4_K_M',
    page: 'https://huggingface.co/unsloth/Qwen3.5-4B-GGUF',
    file: 'Qwen3.5-4B-Q4_K_M.gguf',
    licence: 'Apache-2.0',
    bytes: 2.7 * GB,
    needsBytes: 5 * GB,
  },
  {
    uri: 'hf:unsloth/Qwen3.5-0.8B-GGUF:Q4_K_M',
    page: 'https://huggingface.co/unsloth/Qwen3.5-0.8B-GGUF',
    file: 'Qwen3.5-0.8B-Q4_K_M.gguf',
    licence: 'Apache-2.0',
    bytes: 0.6 * GB,
    needsBytes: 0,
  },
]

/** The best that this much free memory can hold. */
export const offerFor = (freeBytes: number): Offer =>
  OFFERS.find(({ needsBytes }) => freeBytes >= needsBytes) ?? OFFERS.at(-1)!
