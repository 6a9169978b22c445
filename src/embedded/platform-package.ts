/** The machine, as Node tells it; `glibc` is false where Linux has another C library. */
export type Machine = { readonly platform: string; readonly arch: string; readonly glibc: boolean }

/** Each holds llama.cpp as it was built for one kind of machine; on a Mac with its graphics. */
const PACKAGES: Readonly<Record<string, string>> = {
  'linux x64': 'linux-x64',
  'linux arm64': 'linux-arm64',
  'linux arm': 'linux-armv7l',
  'linux riscv64': 'linux-riscv64',
  'darwin arm64': 'mac-arm64-metal',
  'darwin x64': 'mac-x64',
  'win32 x64': 'win-x64',
  'win32 arm64': 'win-arm64',
}

/** The one package of node-llama-cpp's that this machine needs; null when there is none for it. */
export function platformPackage({ platform, arch, glibc }: Machine): string | null {
  const name = PACKAGES[`${platform} ${arch}`]
  if (name === undefined || (platform === 'linux' && !glibc)) return null
  return `@node-llama-cpp/${name}`
}

/** The machine we are on. */
export function thisMachine(): Machine {
  const report: unknown = process.report.getReport()
  const glibc = JSON.stringify(report).includes('"glibcVersionRuntime"')
  return { platform: process.platform, arch: process.arch, glibc }
}
