import { isGateConfig } from '../protected.ts'

/**
 * Is nothing of the project itself there yet? An empty folder, or one that holds only what stands beside a project: notes
 * and prompts of agents, the documents of spec-kit, a README, a licence, what git is to leave out.
 */
export function isUnbegun(paths: Iterable<string>): boolean {
  for (const path of paths) if (!standsBeside(path)) return false
  return true
}

const standsBeside = (path: string): boolean => {
  const [first = ''] = path.split('/', 1)
  if (first === path) return NOTES.test(path)
  return first.startsWith('.') ? !AUTOMATION.test(path) : isDocument(path)
}

const NOTES =
  /^(?:(?:readme|licen[cs]e|copying)(?:\.(?:md|txt|rst))?|\.git(?:ignore|attributes)|\.quorumignore|(?:agents|claude|gemini|qwen)\.md|\.(?:cursor|windsurf|cline)rules|\.mcp\.json)$/i

/** Hidden folders that build, check or hook a project, and so tell that one is there. */
const AUTOMATION =
  /^\.(?:github\/(?:workflows|actions)|gitlab|circleci|buildkite|teamcity|woodpecker|ci|husky|githooks|hooks|cargo|mvn|yarn|config|storybook|devcontainer)\//i

/** Below `specs` stand documents; code only as the contract of a numbered feature. */
const isDocument = (path: string): boolean =>
  (CONTRACT.test(path) || DOCUMENT.test(path)) && !isGateConfig(path)

const CONTRACT = /^specs\/\d{3,8}-[^/]+\/contracts\//
const DOCUMENT =
  /^specs\/.+\.(?:md|txt|ya?ml|json|graphql|proto|html|svg|png|jpe?g|webp|mmd|puml|http|csv|xml)$/i
