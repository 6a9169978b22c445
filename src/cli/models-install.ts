import { createInterface } from 'node:readline/promises'
import { environmentWith, loadConfig, type Overrides } from '../config.ts'
import { SwarmError } from '../core/errors.ts'
import { fetchModel, isRemote } from '../embedded/fetch-model.ts'
import { installPackage, packagesFor, PACKAGE_BYTES, PACKAGE_LICENCE } from '../embedded/install-package.ts'
import { choose, embeddedDir } from '../embedded/installation.ts'
import { offerFor, OFFERS } from '../embedded/offer.ts'
import { thisMachine } from '../embedded/platform-package.ts'
import { createProgress } from './download-progress.ts'
import { onInterrupt } from './interrupt.ts'
import { inherited } from './llama-start.ts'

export type InstallFlags = Pick<Overrides, 'config'> & { yes?: boolean; model?: string }

/** Brings node-llama-cpp and a model, once the user has agreed. */
export async function installModels({ yes = false, model, ...flags }: InstallFlags): Promise<number> {
  using interrupt = onInterrupt()
  const { signal } = interrupt
  const config = loadConfig({ overrides: flags, cwd: process.cwd() })
  const dir = embeddedDir(config)
  const machine = thisMachine()
  const wanted = model ?? offerFor(process.availableMemory()).uri
  console.log(announcement(packagesFor(machine), wanted, dir))
  if (!yes && !(await agrees(signal))) return 1

  console.log('\nnode-llama-cpp …')
  const packageFolder = await installPackage(dir, machine, inherited(NOT_FOR_NPM), signal)
  console.log(`${wanted} …`)
  const progress = createProgress({
    isTerminal: process.stdout.isTTY,
    write: (text) => void process.stdout.write(text),
  })
  const { cwd } = config
  const options = { dir, packageFolder, modelHost: modelHost(), cwd, onProgress: progress.tell }
  const chosen = await fetchModel(wanted, options, signal)
  progress.end()
  await choose(dir, chosen)
  console.log(
    `\n${chosen.name} is installed: ${chosen.model}\nWhere no server is found, quorum serve uses it.`,
  )
  return 0
}

/** A global install, or one of a workspace, is not what is meant here. */
const NOT_FOR_NPM =
  /^(?:PATH|npm_config_(?:global|location|prefix|local_prefix|workspaces?|omit|include|save.*))$/i

/** As node-llama-cpp and llama.cpp read it. */
function modelHost(): string {
  const { MODEL_ENDPOINT, HF_ENDPOINT } = environmentWith({})
  return MODEL_ENDPOINT || HF_ENDPOINT || 'https://huggingface.co'
}

function announcement(packages: readonly string[], model: string, dir: string): string {
  const offer = OFFERS.find(({ uri }) => uri === model)
  const what = offer
    ? `about ${gigabytes(offer.bytes)}, ${offer.licence}`
    : 'licence and size as its page says'
  return [
    'This brings a model that runs inside Quorum, for when there is no other server:',
    '',
    `  package  ${packages.join(' and ')}`,
    `           about ${Math.round(PACKAGE_BYTES / 1e6)} MB, ${PACKAGE_LICENCE}, from your npm registry; no script of it is run`,
    `  model    ${model}`,
    `           ${isRemote(model) ? what : 'a file of yours; it stays where it is'}`,
    `  into     ${dir}`,
  ].join('\n')
}

const gigabytes = (bytes: number): string => `${(bytes / 1e9).toFixed(1)} GB`

async function agrees(signal: AbortSignal): Promise<boolean> {
  if (!process.stdin.isTTY)
    throw new SwarmError(
      'bad-request',
      'nothing is fetched unasked: say --yes, as there is no terminal to ask at',
    )
  using terminal = createInterface({ input: process.stdin, output: process.stdout })
  const answer = await terminal.question('\nGo on? [y/N] ', { signal })
  return /^y(?:es)?$/i.test(answer.trim())
}
