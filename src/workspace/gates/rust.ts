import { type Draft, draft } from './draft.ts'
import { type ProjectFacts, topmostFolders, within } from './facts.ts'

/** What Rust's own tools say of each crate or workspace, as strictly as it asks for itself: warnings are none of ours. */
export function rustGates(facts: ProjectFacts): Draft[] {
  if (!facts.installed('cargo')) return []
  return topmostFolders(facts, ['Cargo.toml']).flatMap((folder) => gatesOf(folder, facts))
}

const ENVIRONMENT = { CARGO_NET_OFFLINE: 'true', CARGO_TERM_COLOR: 'never' }
const SHORT = ['--message-format', 'short']

function gatesOf(folder: string, { files, read, installed }: ProjectFacts): Draft[] {
  const isWorkspace = /^\s*\[workspace\]/m.test(read(within(folder, 'Cargo.toml')) ?? '')
  // a workspace whose root is a package too would otherwise be checked without its members
  const all = isWorkspace ? ['--workspace'] : []
  const locked = files.has(within(folder, 'Cargo.lock')) ? ['--locked'] : []
  const common = { folder, environment: ENVIRONMENT }
  const built = { ...common, caches: ['target'] }
  const formatted = ['cargo', 'fmt', ...(isWorkspace ? ['--all'] : []), '--check']
  const clippy = ['cargo', 'clippy', ...all, '--all-targets', ...locked, ...SHORT]
  const check = ['cargo', 'check', ...all, '--all-targets', ...locked, ...SHORT]
  const test = ['cargo', 'test', ...all, '--no-fail-fast', ...locked, ...SHORT]
  return [
    ...(installed('rustfmt') ? [draft('lint', 'fmt', formatted, common)] : []),
    ...(installed('cargo-clippy') ? [draft('lint', 'clippy', clippy, built)] : []),
    draft('typecheck', 'rust', check, built),
    draft('test', 'rust', test, { ...built, report: 'libtest' }),
  ]
}
