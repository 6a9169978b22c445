import { execFileSync } from 'node:child_process'
import { createHash } from 'node:crypto'
import { once } from 'node:events'
import { mkdtempSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { createServer, type IncomingHttpHeaders } from 'node:http'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'

/** A package as somebody would publish it; `files` besides its package.json. */
export type Published = {
  readonly name: string
  readonly version: string
  readonly scripts?: Readonly<Record<string, string>>
  readonly peerDependencies?: Readonly<Record<string, string>>
  readonly files?: Readonly<Record<string, string>>
}

export type NpmRegistry = AsyncDisposable & {
  readonly url: string
  /** What was asked for, in order: `/greet`, `/greet/-/greet-1.0.0.tgz`. */
  readonly asked: { readonly path: string; readonly headers: IncomingHttpHeaders }[]
}

/** A registry on loopback that has these packages and no other. */
export async function startRegistry(packages: readonly Published[]): Promise<NpmRegistry> {
  const tarballs = new Map(packages.map((entry) => [pathOf(entry), pack(entry)]))
  const asked: NpmRegistry['asked'] = []
  const server = createServer((request, response) => {
    const path = decodeURIComponent(new URL(request.url ?? '/', 'http://registry').pathname)
    asked.push({ path, headers: request.headers })
    const tarball = tarballs.get(path)
    if (tarball) return response.end(tarball)
    const versions = packages.filter(({ name }) => `/${name}` === path)
    if (versions.length === 0) return response.writeHead(404).end('{"error":"Not found"}')
    return response.end(JSON.stringify(packument(versions, `http://${request.headers.host}`, tarballs)))
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const address = server.address()
  const port = typeof address === 'object' && address !== null ? address.port : 0
  return {
    url: `http://127.0.0.1:${port}/`,
    asked,
    async [Symbol.asyncDispose]() {
      if (!server.listening) return
      server.closeAllConnections()
      server.close()
      await once(server, 'close')
    },
  }
}

const pathOf = ({ name, version }: Published): string => `/${name}/-/${name}-${version}.tgz`

function packument(versions: readonly Published[], url: string, tarballs: ReadonlyMap<string, Buffer>) {
  const described = versions.map((entry) => {
    const { files: _, ...manifest } = entry
    const digest = createHash('sha512')
      .update(tarballs.get(pathOf(entry))!)
      .digest('base64')
    const dist = { tarball: `${url}${pathOf(entry)}`, integrity: `sha512-${digest}` }
    return [entry.version, { ...manifest, dist, hasInstallScript: 'scripts' in entry }] as const
  })
  const latest = versions.at(-1)!.version
  return { name: versions[0]!.name, 'dist-tags': { latest }, versions: Object.fromEntries(described) }
}

function pack({ files = {}, ...manifest }: Published): Buffer {
  const folder = mkdtempSync(join(tmpdir(), 'quorum-package-'))
  try {
    for (const [path, text] of Object.entries({ ...files, 'package.json': JSON.stringify(manifest) })) {
      mkdirSync(dirname(join(folder, 'package', path)), { recursive: true })
      writeFileSync(join(folder, 'package', path), text)
    }
    execFileSync('tar', ['-czf', 'it.tgz', 'package'], { cwd: folder })
    return readFileSync(join(folder, 'it.tgz'))
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}
