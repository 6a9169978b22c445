#!/usr/bin/env node
import { Command, InvalidArgumentError, Option } from 'commander'
import packageJson from '../package.json' with { type: 'json' }
import type { Overrides } from './config.ts'
import type { LlamaFlags } from './cli/llama.ts'
import type { ModelsFlags } from './cli/models.ts'
import type { InstallFlags } from './cli/models-install.ts'
import type { MonitorFlags } from './cli/monitor.ts'
import type { ReceiptFlags } from './cli/receipt.ts'
import type { RunFlags } from './cli/run.ts'
import type { StatsFlags } from './cli/stats.ts'
import { INTERRUPTED } from './cli/interrupt.ts'
import { SwarmError } from './core/errors.ts'

const program = new Command('quorum')
  .description(
    'An OpenAI-compatible server that is itself a coding swarm: five coders, your own checks, one verified diff.',
  )
  .version(packageJson.version)
  .showHelpAfterError('(--help shows what there is)')
  .addHelpText(
    'after',
    `
Examples:
  quorum serve                                   serve the repository you stand in, for editors and SDKs
  quorum run "make the parser accept CRLF"       change your working tree, once it is proven
  quorum doctor                                  what is here, what is missing, and what mends it
  quorum demo                                    watch it work; no model, no network

In a checkout of Quorum, "quorum" is "npm run quorum --". More on a command: quorum help COMMAND`,
  )

const configFile = () =>
  new Option('--config <file>', 'configuration (default: quorum.config.json in this folder)')
const logLevel = () => new Option('--log-level <level>', 'trace, debug, info, warn, error, fatal or silent')
const unsafeGates = () =>
  new Option('--unsafe-gates', 'run build and test also where there is no sandbox to hold what a model wrote')
const workspaceDir = (usual = 'the git repository you stand in') =>
  new Option('--workspace <dir>', `the project (default: ${usual})`).argParser((dir: string) => [dir])

// Each command is loaded when it is called: `--help` should not wait for an HTTP server.

program
  .command('serve')
  .description('serve the OpenAI API: point your editor, chat page or SDK at it')
  .option('--host <host>', 'address to listen on (default: 127.0.0.1; any other needs QUORUM_API_KEY)')
  .option('--port <port>', 'port to listen on (default: 4747; 0 picks a free one)')
  .option('--workspace <[name=]dir>', 'a project to work on; may be given more than once', collect)
  .option('--workspace-root <dir>', 'any git repository below it may be named by its path')
  .addOption(unsafeGates())
  .addOption(configFile())
  .addOption(logLevel())
  .addHelpText(
    'after',
    `
Examples:
  quorum serve
  quorum serve --workspace web=~/code/web --workspace api=~/code/api
  LITELLM_URL=http://10.0.0.5:8080/v1 quorum serve --port 5000`,
  )
  .action(async (flags: Overrides) => {
    const { serve } = await import('./cli/serve.ts')
    process.exitCode = await serve(flags)
  })

program
  .command('run')
  .description('do one task, or a batch of them, on the working tree')
  .argument('[request]', 'what to change; without it tasks are read as JSON from stdin or --file')
  .option('--file <file>', 'a task {"description", "filesOwned"}, an array of them, or one a line')
  .addOption(workspaceDir())
  .option('--allow-tests', 'existing tests may be changed, as long as they check no less')
  .addOption(
    new Option('--effort <effort>', 'how much swarm: one coder at a time, five, or all there is')
      .choices(['low', 'medium', 'high'])
      .default('medium'),
  )
  .option('--budget-tokens <n>', 'end with the best there is after so many tokens', wholeNumber)
  .option('--budget-seconds <n>', 'the same after so many seconds', wholeNumber)
  .option('--budget-attempts <n>', 'the same after so many attempts', wholeNumber)
  .option('--dry-run', 'print the verified patch and change nothing')
  .option('--json', 'one line of JSON for each task')
  .addOption(unsafeGates())
  .addOption(configFile())
  .addOption(logLevel())
  .addHelpText(
    'after',
    `
Progress goes to stderr, results to stdout. A verified patch is applied to the working tree (never to the index); if it
no longer fits there, it is saved instead. A batch runs in order, each task on the tree the one before left.

Exit code: 0 every task verified and applied, 2 one was not verified, 1 something broke, 130 interrupted.

Examples:
  quorum run "make the parser accept CRLF"
  quorum run --dry-run "rename fetchUser to loadUser" | git apply --check
  echo '{"description": "…", "filesOwned": ["src/parse.ts"]}' | quorum run --json
  quorum run --effort high --budget-seconds 600 "let parse() read nested lists"
  quorum run --file tasks.jsonl --workspace ~/code/web`,
  )
  .action(async (request: string | undefined, flags: RunFlags) => {
    const { run } = await import('./cli/run.ts')
    process.exitCode = await run(request, flags)
  })

program
  .command('mcp')
  .description('serve the tools and "solve" over MCP on stdin and stdout, for an editor that starts it')
  .option('--workspace <[name=]dir>', 'a project to work on; may be given more than once', collect)
  .option('--workspace-root <dir>', 'any git repository below it may be named by its path')
  .addOption(unsafeGates())
  .addOption(configFile())
  .addOption(logLevel())
  .addHelpText(
    'after',
    `
"quorum serve" has the same at /mcp. Tools: read_file, analyze_codebase, search_docs, find_references, git_diff,
run_tests, solve.

Example, in an editor's configuration:
  {"mcpServers": {"quorum": {"command": "quorum", "args": ["mcp", "--workspace", "/home/me/code/web"]}}}`,
  )
  .action(async (flags: Overrides) => {
    const { mcp } = await import('./cli/mcp.ts')
    process.exitCode = await mcp(flags)
  })

program
  .command('check')
  .description('run the gates of a project on a patch: unified diff in, JSON out; no model is asked')
  .argument('[patch]', 'file with a unified diff (default: stdin)')
  .addOption(workspaceDir())
  .addOption(unsafeGates())
  .addOption(configFile())
  .addHelpText(
    'after',
    `
Prints {"success", "errors"?, "logs"?}. Exit code: 0 the gates passed, 2 they did not, 1 something broke.

Examples:
  git diff | quorum check --workspace ../clean-clone
  quorum check change.diff`,
  )
  .action(async (patch: string | undefined, flags: Overrides) => {
    const { check } = await import('./cli/check.ts')
    process.exitCode = await check(patch, flags)
  })

program
  .command('receipt')
  .description('print the receipt of a task: base, checks, candidates, ballots, verdicts, models, tokens')
  .argument('<id>', 'of the task, as the evidence under an answer gives it; its beginning is enough')
  .option('--diff', 'print the patch the task handed over instead')
  .addOption(configFile())
  .addHelpText(
    'after',
    `
Receipts are kept for 90 days in QUORUM_DATA (default: ~/.local/share/quorum).

Examples:
  quorum receipt task_1f0c
  quorum receipt --diff task_1f0c | git apply`,
  )
  .action(async (id: string, flags: ReceiptFlags) => {
    const { receipt } = await import('./cli/receipt.ts')
    process.exitCode = receipt(id, flags)
  })

program
  .command('verify')
  .description('run the checks of a task once more on its patch, and compare with its receipt')
  .argument('<id>', 'of the task, as for receipt')
  .addOption(workspaceDir('where the task worked'))
  .addOption(unsafeGates())
  .addOption(configFile())
  .addHelpText(
    'after',
    `
The patch is put on the files it was made from: the workspace as it is now, or without the patch where it has been
applied, or the commit it stood on. Nothing in the workspace is changed, and no model is asked.

Exit code: 0 the same results, 2 other results, 1 something broke, or receipt or patch were changed.

Examples:
  quorum verify task_1f0c
  quorum verify task_1f0c --workspace ../clean-clone`,
  )
  .action(async (id: string, flags: Overrides) => {
    const { verify } = await import('./cli/verify.ts')
    process.exitCode = await verify(id, flags)
  })

program
  .command('stats')
  .description('what outcomes have taught: how often which model is right, what it costs, who may vote')
  .option('--json', 'all of it as JSON')
  .addOption(configFile())
  .addHelpText('after', '\nExample:\n  quorum stats')
  .action(async (flags: StatsFlags) => {
    const { stats } = await import('./cli/stats.ts')
    process.exitCode = stats(flags)
  })

program
  .command('monitor')
  .description('tokens and seconds of models here and in the cloud, and what staying here saves, by estimate')
  .option('--watch', 'go on showing it, until Ctrl-C')
  .option('--days <n>', 'so many days, today included', wholeNumber, 7)
  .option('--json', 'all of it as JSON; with --watch one line whenever something changes')
  .addOption(configFile())
  .addHelpText(
    'after',
    `
The saving is what local tokens would have been at "prices" of the configuration; an assumption where there are none.

Examples:
  quorum monitor --days 30
  quorum monitor --watch`,
  )
  .action(async (flags: MonitorFlags) => {
    const { monitor } = await import('./cli/monitor.ts')
    process.exitCode = await monitor(flags)
  })

program
  .command('doctor')
  .description('what was found, what is missing, and the command that mends it')
  .option('--workspace <[name=]dir>', 'a project to look at; may be given more than once', collect)
  .option('--workspace-root <dir>', 'as for serve')
  .addOption(configFile())
  .addHelpText(
    'after',
    `
Exit code: 0 Quorum can work here, 1 something essential is missing.

Example:
  quorum doctor --workspace ~/code/web`,
  )
  .action(async (flags: Overrides) => {
    const { doctor } = await import('./cli/doctor.ts')
    process.exitCode = await doctor(flags)
  })

const models = program
  .command('models')
  .description('which model took which role, and what it can do: window, slots, structured output …')
  .option('--measure', 'try how many requests a model answers at once, where its server does not tell')
  .option('--apply', 'write the models shown into the configuration file; shows what would change, and asks')
  .option('--yes', 'do not ask')
  .option('--json', 'all of it as JSON')
  .addOption(configFile())
  .addHelpText(
    'after',
    `
With --apply only settings are added that the file does not have; without a file a quorum.config.json is made.

Exit code: 0 there is an upstream, 1 there is none, or nothing was written because you said no.

Examples:
  quorum models
  quorum models --measure
  quorum models --apply --yes`,
  )
  .action(async (flags: ModelsFlags) => {
    const { models } = await import('./cli/models.ts')
    process.exitCode = await models(flags)
  })

models
  .command('install')
  .description('bring a small model that runs inside Quorum, for when there is no server; asks first')
  .option(
    '--model <model>',
    'hf:user/repository:quantisation, a URL, or a GGUF file (default: by free memory)',
  )
  .option('--yes', 'do not ask')
  .addOption(configFile())
  .addHelpText(
    'after',
    `
Fetches node-llama-cpp for this machine (about 86 MB) and a model into the folder "embedded" of QUORUM_DATA (default:
~/.local/share/quorum). Ctrl-C keeps what has come; the same command goes on from there.

Examples:
  quorum models install
  quorum models install --yes --model hf:unsloth/Qwen3.5-9B-GGUF:Q4_K_M
  quorum models install --model ~/models/devstral.gguf`,
  )
  .action(async (_, command: Command) => {
    // --config stands before "install" for the command above it
    const { installModels } = await import('./cli/models-install.ts')
    process.exitCode = await installModels(command.optsWithGlobals<InstallFlags>())
  })

const llama = program.command('llama').description('llama.cpp servers of your own, one for each role')

llama
  .command('up')
  .description('start the servers of quorum.llama.json, and keep them up')
  .option('--file <file>', 'the servers (default: quorum.llama.json in this folder)')
  .option('--foreground', 'stay and look after them here, as a service manager wants it')
  .addHelpText(
    'after',
    `
{"servers": {"fast-coder": {"model": "hf:unsloth/Qwen3.5-9B-GGUF:Q4_K_M"},
             "reviewer": {"model": "~/models/devstral.gguf", "port": 8005, "context": 32768, "slots": 2,
                          "flags": ["--cache-type-k", "q8_0"]}}}

Returns when all of them are ready; a first start may have to fetch the models. Logs are in the folder "llama" of
QUORUM_CACHE (default: ~/.cache/quorum). Exit code: 0 all are ready, 1 one did not come up, and none is left running.`,
  )
  .action(async (flags: LlamaFlags) => {
    const { up } = await import('./cli/llama.ts')
    process.exitCode = await up(flags)
  })

llama
  .command('down')
  .description('end them all')
  .action(async () => {
    const { down } = await import('./cli/llama.ts')
    process.exitCode = await down()
  })

llama
  .command('status')
  .description('role, model, port, health, restarts and uptime; exit code 0 when all are healthy')
  .action(async () => {
    const { status } = await import('./cli/llama.ts')
    process.exitCode = await status()
  })

program
  .command('demo')
  .description('watch the whole cascade work on a sample project; the models are scripted, the rest is real')
  .addHelpText(
    'after',
    '\nTakes under 20 seconds. Exit code: 0 all went as announced.\n\nExample:\n  quorum demo',
  )
  .action(async () => {
    const { demo } = await import('./cli/demo.ts')
    process.exitCode = await demo()
  })

function wholeNumber(text: string): number {
  if (/^[1-9]\d*$/.test(text)) return Number(text)
  throw new InvalidArgumentError('a whole number above 0 is expected.')
}

function collect(value: string, earlier: string[] = []): string[] {
  return [...earlier, value]
}

try {
  await program.parseAsync()
} catch (error) {
  // a fault is for the user to mend; anything else is a bug, and its trace is wanted
  console.error(error instanceof SwarmError ? `quorum: ${error.message}` : error)
  process.exitCode = error instanceof SwarmError && error.fault === 'cancelled' ? INTERRUPTED : 1
}
