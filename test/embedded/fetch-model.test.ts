import assert from 'node:assert/strict'
import { once } from 'node:events'
import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises'
import { createServer, type ServerResponse } from 'node:http'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { test, type TestContext } from 'node:test'
import { fetchModel, nameOf, type FetchOptions, type Progress } from '../../src/embedded/fetch-model.ts'
import { llamaPackage, never } from '../support/embedded.ts'
import { freePort } from '../support/llama-folder.ts'
import { tinyGguf } from '../support/tiny-gguf.ts'

const QUICK = { timeout: 300_000 }

/** The downloader fetches by portions of 5 MB: this is some of them, each different from the others. */
const FILE = Buffer.concat([
  tinyGguf(),
  ...Array.from({ length: 24 }, (_, megabyte) => Buffer.alloc(1e6, megabyte)),
])

/** Where the last of them begins. */
const LAST_PORTION = 4 * 5 * 1024 * 1024

type Range = { from: number; to: number }

/** A host of models that plays Hugging Face; `serve` may do something else with a portion. */
async function startHost(t: TestContext, serve: (range: Range, response: ServerResponse) => boolean) {
  const asked: Range[] = []
  const server = createServer((request, response) => {
    if (request.url?.startsWith('/v2/')) return response.end('{"ggufFile":{"rfilename":"Tiny-Q4_K_M.gguf"}}')
    if (!request.url?.startsWith('/user/')) return response.writeHead(200).end()
    const match = /bytes=(\d+)-(\d+)/.exec(request.headers.range ?? '')
    const range = { from: Number(match?.[1] ?? 0), to: Number(match?.[2] ?? FILE.length - 1) + 1 }
    response.writeHead(match ? 206 : 200, {
      'content-length': range.to - range.from,
      'accept-ranges': 'bytes',
      ...(match ? { 'content-range': `bytes ${range.from}-${range.to - 1}/${FILE.length}` } : {}),
    })
    if (!match) return response.end()
    asked.push(range)
    return serve(range, response) || response.end(FILE.subarray(range.from, range.to))
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  t.after(() => (server.closeAllConnections(), server.close()))
  const address = server.address()
  return { url: `http://127.0.0.1:${typeof address === 'object' ? address?.port : 0}/`, asked }
}

async function optionsFor(t: TestContext, packageFolder: string, modelHost: string) {
  const dir = await mkdtemp(join(tmpdir(), 'quorum-models-'))
  t.after(() => rm(dir, { recursive: true, force: true }))
  const told: Progress[] = []
  // as the downloader itself reads it
  process.env['MODEL_ENDPOINT'] = modelHost
  t.after(() => delete process.env['MODEL_ENDPOINT'])
  const options: FetchOptions = {
    dir,
    packageFolder,
    modelHost,
    cwd: dir,
    onProgress: (one) => told.push(one),
  }
  return { options, told }
}

test('a model is fetched, whatever happens to the connection', QUICK, async (t) => {
  const llama = await llamaPackage()
  if ('why' in llama) return t.skip(`no node-llama-cpp: ${llama.why}`)

  await t.test('one that breaks off in the middle goes on by itself', async (t) => {
    let broken = 0
    const host = await startHost(t, ({ from }, response) => {
      if (from === 0 || broken > 0) return false
      broken += 1
      response.write(FILE.subarray(from, from + 1e6), () => response.destroy())
      return true
    })
    const { options, told } = await optionsFor(t, llama.folder, host.url)
    const { model, name } = await fetchModel('hf:user/Tiny-GGUF:Q4_K_M', options, never)
    assert.deepEqual([broken, name], [1, 'Tiny'])
    assert.ok(FILE.equals(await readFile(model)))
    assert.equal(told.at(-1)?.downloadedSize, FILE.length)
  })

  await t.test('one that is ended by its user goes on later, and fetches nothing twice', async (t) => {
    const end = new AbortController()
    let holds = true
    const host = await startHost(t, ({ from, to }, response) => {
      if (to < FILE.length || !holds) return false
      response.write(FILE.subarray(from, LAST_PORTION))
      return true
    })
    const { options } = await optionsFor(t, llama.folder, host.url)
    const onProgress = (progress: Progress): void => {
      if (progress.downloadedSize >= LAST_PORTION) end.abort(new Error('the user has ended it'))
    }
    const first = fetchModel('hf:user/Tiny-GGUF:Q4_K_M', { ...options, onProgress }, end.signal)
    await assert.rejects(first, /the user has ended it/)
    assert.deepEqual(
      (await readdir(join(options.dir, 'models'))).map((name) => name.endsWith('.ipull')),
      [true],
    )

    holds = false
    const before = host.asked.length
    const { model } = await fetchModel('hf:user/Tiny-GGUF:Q4_K_M', options, never)
    assert.ok(FILE.equals(await readFile(model)))
    const again = host.asked.slice(before).reduce((sum, { from, to }) => sum + to - from, 0)
    assert.ok(again < FILE.length / 2, `${again} of ${FILE.length} bytes were fetched again`)
    // and once it is there nobody is asked at all
    const asked = host.asked.length
    await fetchModel('hf:user/Tiny-GGUF:Q4_K_M', options, never)
    assert.equal(host.asked.length, asked)
  })

  await t.test('without a network it is said which file to bring', async (t) => {
    const { options } = await optionsFor(t, llama.folder, `http://127.0.0.1:${await freePort()}/`)
    await assert.rejects(
      fetchModel('hf:unsloth/Qwen3.5-4B-GGUF:Q4_K_M', options, never),
      /nothing answers at .*fetch https:\/\/huggingface\.co\/unsloth\/Qwen3\.5-4B-GGUF\/resolve\/main\/Qwen3\.5-4B-Q4_K_M\.gguf elsewhere.*--model PATH\/Qwen3\.5-4B-Q4_K_M\.gguf/,
    )
  })
})

test('a file that is there is used where it lies', async (t) => {
  const { options } = await optionsFor(t, '/nowhere', 'http://127.0.0.1:1/')
  await writeFile(join(options.dir, 'mine-7B.gguf'), tinyGguf())
  const chosen = await fetchModel('mine-7B.gguf', options, never)
  assert.deepEqual(chosen, { model: join(options.dir, 'mine-7B.gguf'), name: 'mine-7B' })
  await writeFile(join(options.dir, 'page.gguf'), '<html>')
  await assert.rejects(fetchModel('page.gguf', options, never), /page\.gguf is no model/)
  await assert.rejects(fetchModel('none.gguf', options, never), /none\.gguf cannot be read/)
})

test('models have names that can be typed', () => {
  const names = [
    'hf:unsloth/Qwen3.5-4B-GGUF:Q4_K_M',
    'hf:user/repository/folder/coder-Q8_0.gguf#main',
    'https://example.org/models/coder.GGUF?download=true',
    '/home/me/models/devstral.gguf',
  ].map(nameOf)
  assert.deepEqual(names, ['Qwen3.5-4B', 'coder-Q8_0', 'coder', 'devstral'])
})
