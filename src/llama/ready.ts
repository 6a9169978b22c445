import { access, constants } from 'node:fs/promises'
import { createServer } from 'node:net'
import { SwarmError } from '../core/errors.ts'
import { isInstalled } from '../workspace/installed.ts'
import { HOST, isFile, type LlamaServer, type Servers } from './servers-file.ts'

/** Throws what the user has to mend before any of these servers can be started. */
export async function requireReady({ file, program, servers }: Servers): Promise<void> {
  const isThere = /[/\\]/.test(program) ? await canRun(program) : await isInstalled(program)
  if (!isThere)
    throw new SwarmError(
      'not-found',
      `${program} is not installed; ${INSTALL}, or name it as "program" in ${file}`,
    )
  for (const server of servers) await requireServer(server, file)
}

const INSTALL =
  'brew install llama.cpp, winget install llama.cpp, or take it from https://github.com/ggml-org/llama.cpp/releases'

async function requireServer({ name, model, port }: LlamaServer, file: string): Promise<void> {
  if (isFile(model) && !(await canRead(model)))
    throw new SwarmError('not-found', `${file}: the model of ${name} is not there: ${model}`)
  if (!(await isFree(port)))
    throw new SwarmError('bad-request', `${file}: port ${port} of ${name} is taken; give it another "port"`)
}

const canRun = (path: string): Promise<boolean> => can(path, constants.X_OK)
const canRead = (path: string): Promise<boolean> => can(path, constants.R_OK)

const can = (path: string, mode: number): Promise<boolean> =>
  access(path, mode).then(
    () => true,
    () => false,
  )

/** llama-server would only say so in its log, and whoever has the port would be asked for its health. */
const isFree = (port: number): Promise<boolean> =>
  new Promise((resolve) => {
    const server = createServer()
    server.once('error', () => resolve(false))
    server.listen(port, HOST, () => server.close(() => resolve(true)))
  })
