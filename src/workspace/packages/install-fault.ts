/** Why an install failed, for whoever can do something about it. */
export type InstallFault = {
  /** `manifest`: who wrote it can mend it. `machine`: no manifest would have done better here and now. */
  readonly fault: 'manifest' | 'machine'
  /** The package manager's own word for it (`E404`, `ERESOLVE`). */
  readonly code: string
  readonly reason: string
}

/** Reads what a package manager said before it gave up. */
export function readInstallFault(program: string, output: string, exitCode: number | null): InstallFault {
  const code = codeIn(output) ?? `exit code ${exitCode ?? 'none (killed)'}`
  const isMissing = exitCode === 127 || exitCode === 126
  const lines = output
    .split('\n')
    .map((line) => line.replace(PREFIX, '').trim())
    .filter((line) => line !== '' && !NOISE.test(line))
  const reason = lines.slice(0, MOST_LINES).join('\n').slice(0, MOST_CHARACTERS)
  const isMachine = isMissing || exitCode === null || OF_MACHINE.test(code) || OF_MACHINE.test(reason)
  return {
    fault: isMachine ? 'machine' : 'manifest',
    code,
    reason: `${program} could not install the dependencies: ${reason || 'it does not say why'}`,
  }
}

const MOST_LINES = 12
const MOST_CHARACTERS = 1_500

const codeIn = (output: string): string | null =>
  /^npm error code (\S+)|\b(ERR_PNPM_\w+)|➤ (YN\d{4})(?=: │? *(?:Error|[^│]*@))/m
    .exec(output)
    ?.slice(1)
    .find((code) => code !== undefined) ?? null

/** `npm error notarget`, `npm error 404`: the word after it repeats the code. */
const PREFIX = /^npm error(?: (?:404|notarget|JSON\.parse|network|code|errno|syscall)\b)?/

/** Warnings, progress, hints that do not help, and paths of a folder that nobody sees. */
const NOISE =
  /^npm (?:warn|notice|verbose)|^A complete log|^For a full report|eresolve-report|-debug-\d+\.log|^Note that you can also|^tarball, folder|^In most cases you|^Fix the upstream dependency conflict|^E[A-Z0-9]+$|^Progress:|^yarn install v|^\[\d\/\d\]|^info /

/** The network, the registry's own trouble, trust, the disk. */
const OF_MACHINE =
  /\b(?:ENOTFOUND|ECONNREFUSED|ECONNRESET|ETIMEDOUT|EAI_AGAIN|ENETUNREACH|EHOSTUNREACH|EPIPE|ERR_SOCKET_TIMEOUT|EIDLETIMEOUT|FETCH_ERROR|E5\d\d|E429|ENOSPC|EDQUOT|EACCES|EROFS|EMFILE|ENOMEM|[A-Z_]*CERT[A-Z_]*|UNABLE_TO_\w+|no end within)\b/
