import { randomFrom, type Random } from '../../src/core/random.ts'

/*
 * The worst model in the world: a llama of two layers with random weights, as small as llama.cpp takes them. The layout
 * is that of https://github.com/ggml-org/ggml/blob/master/docs/gguf.md, the tensors those of a Llama.
 */

const WIDTH = 64
const FEED_FORWARD = 128
const HEADS = 4
const LAYERS = 2
const VOCABULARY = 608
const ALIGNMENT = 32

/** How GGUF numbers the kinds of a value. */
const KINDS = { uint32: 4, int32: 5, float32: 6, string: 8, array: 9 } as const
type Kind = 'uint32' | 'int32' | 'float32' | 'string'
/** How ggml numbers a tensor of 32-bit floats. */
const F32 = 0

type Tensor = { readonly name: string; readonly shape: readonly number[]; readonly values: Float32Array }

/** The file, the same byte by byte for the same seed. `context`: tokens it claims to have been trained on. */
export function tinyGguf({ seed = 1, context = 32_768 } = {}): Buffer {
  const random = randomFrom(seed)
  const tensors = tensorsOf(random)
  const facts = factsOf(context)
  const head = [Buffer.from('GGUF'), uint32(3), uint64(tensors.length), uint64(facts.length), ...facts]
  let offset = 0
  for (const { name, shape, values } of tensors) {
    head.push(text(name), uint32(shape.length), ...shape.map(uint64), uint32(F32), uint64(offset))
    offset += padded(values.byteLength)
  }
  return Buffer.concat([
    aligned(Buffer.concat(head)),
    ...tensors.map(({ values }) => aligned(Buffer.from(values.buffer))),
  ])
}

function factsOf(context: number): Buffer[] {
  const pieces = piecesOf()
  return [
    fact('general.architecture', 'string', 'llama'),
    fact('general.name', 'string', 'tiny'),
    fact('llama.context_length', 'uint32', context),
    fact('llama.embedding_length', 'uint32', WIDTH),
    fact('llama.block_count', 'uint32', LAYERS),
    fact('llama.feed_forward_length', 'uint32', FEED_FORWARD),
    fact('llama.attention.head_count', 'uint32', HEADS),
    fact('llama.attention.head_count_kv', 'uint32', HEADS),
    fact('llama.attention.layer_norm_rms_epsilon', 'float32', 1e-5),
    fact('llama.rope.dimension_count', 'uint32', WIDTH / HEADS),
    fact('llama.vocab_size', 'uint32', VOCABULARY),
    fact('tokenizer.ggml.model', 'string', 'llama'),
    list(
      'tokenizer.ggml.tokens',
      'string',
      pieces.map(({ text }) => text),
    ),
    list(
      'tokenizer.ggml.scores',
      'float32',
      pieces.map(({ text }) => text.length),
    ),
    list(
      'tokenizer.ggml.token_type',
      'int32',
      pieces.map(({ type }) => type),
    ),
    fact('tokenizer.ggml.unknown_token_id', 'uint32', 0),
    fact('tokenizer.ggml.bos_token_id', 'uint32', 1),
    fact('tokenizer.ggml.eos_token_id', 'uint32', 2),
  ]
}

/** Kinds of tokens, as llama.cpp numbers them. */
const NORMAL = 1
const UNKNOWN = 2
const CONTROL = 3
const BYTE = 6

/** Three marks, every byte, every printable character, and pairs of letters to fill up. */
function piecesOf(): { text: string; type: number }[] {
  const bytes = Array.from({ length: 256 }, (_, byte) => `<0x${hex(byte)}>`)
  const characters = Array.from({ length: 95 }, (_, index) => String.fromCodePoint(32 + index))
  const letters = Array.from('etaoinshrdlucmfw')
  const pairs = letters.flatMap((left) => letters.map((right) => left + right))
  const normal = [...characters.map((character) => character.replace(' ', '▁')), ...pairs]
  return [
    { text: '<unk>', type: UNKNOWN },
    { text: '<s>', type: CONTROL },
    { text: '</s>', type: CONTROL },
    ...bytes.map((text) => ({ text, type: BYTE })),
    ...normal.slice(0, VOCABULARY - 259).map((text) => ({ text, type: NORMAL })),
  ]
}

const hex = (byte: number): string => byte.toString(16).toUpperCase().padStart(2, '0')

function tensorsOf(random: Random): Tensor[] {
  const tensor = (name: string, ...shape: number[]): Tensor => {
    const length = shape.reduce((product, side) => product * side, 1)
    // wide enough for the reply to depend on the prompt and on the seed
    return { name, shape, values: Float32Array.from({ length }, () => random() - 0.5) }
  }
  const norm = (name: string): Tensor => ({ name, shape: [WIDTH], values: new Float32Array(WIDTH).fill(1) })
  const layers = Array.from({ length: LAYERS }, (_, index) => {
    const inLayer = (part: string): string => `blk.${index}.${part}.weight`
    return [
      norm(inLayer('attn_norm')),
      ...['attn_q', 'attn_k', 'attn_v', 'attn_output'].map((part) => tensor(inLayer(part), WIDTH, WIDTH)),
      norm(inLayer('ffn_norm')),
      tensor(inLayer('ffn_gate'), WIDTH, FEED_FORWARD),
      tensor(inLayer('ffn_up'), WIDTH, FEED_FORWARD),
      tensor(inLayer('ffn_down'), FEED_FORWARD, WIDTH),
    ]
  })
  return [
    tensor('token_embd.weight', WIDTH, VOCABULARY),
    ...layers.flat(),
    norm('output_norm.weight'),
    tensor('output.weight', WIDTH, VOCABULARY),
  ]
}

const fact = (key: string, kind: Kind, value: string | number): Buffer =>
  Buffer.concat([text(key), uint32(KINDS[kind]), written(kind, value)])

const list = (key: string, kind: Kind, values: readonly (string | number)[]): Buffer =>
  Buffer.concat([
    text(key),
    uint32(KINDS.array),
    uint32(KINDS[kind]),
    uint64(values.length),
    ...values.map((value) => written(kind, value)),
  ])

function written(kind: Kind, value: string | number): Buffer {
  if (typeof value === 'string') return text(value)
  if (kind === 'uint32') return uint32(value)
  const bytes = Buffer.alloc(4)
  if (kind === 'float32') bytes.writeFloatLE(value)
  else bytes.writeInt32LE(value)
  return bytes
}

function text(value: string): Buffer {
  const bytes = Buffer.from(value)
  return Buffer.concat([uint64(bytes.length), bytes])
}

function uint32(value: number): Buffer {
  const bytes = Buffer.alloc(4)
  bytes.writeUInt32LE(value)
  return bytes
}

function uint64(value: number): Buffer {
  const bytes = Buffer.alloc(8)
  bytes.writeBigUInt64LE(BigInt(value))
  return bytes
}

const padded = (length: number): number => Math.ceil(length / ALIGNMENT) * ALIGNMENT
const aligned = (bytes: Buffer): Buffer =>
  Buffer.concat([bytes, Buffer.alloc(padded(bytes.length) - bytes.length)])
