import assert from 'node:assert/strict'
import { test } from 'node:test'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { checkNewProject, isReadForRules } from '../../../src/core/new-project/check-project.ts'

const REQUEST = 'create a Next.js app with a page that lists books'

/** The app of the definition of done, as its scripted coder writes it. */
const reply = readFileSync(join(import.meta.dirname, '..', '..', 'fixtures', 'next-app', 'reply.md'), 'utf8')
const APP = Object.fromEntries(
  [...reply.matchAll(/^`(\S+)`\n\n```\w+\n([\s\S]*?)^```$/gm)].map(([, path = '', text = '']) => [
    path,
    text,
  ]),
)

const faultsOf = (files: Record<string, string>, request = REQUEST): string[] =>
  checkNewProject(
    { paths: Object.keys(files), read: (path) => (isReadForRules(path) ? files[path] : undefined) },
    request,
  ).map(({ file, message }) => `${file}: ${message}`)

/** The app with one text put in another's place. */
function changed(path: string, before: string, after: string): Record<string, string> {
  const text = APP[path] ?? assert.fail(`no ${path}`)
  assert.ok(text.includes(before), `${before} is not in ${path}`)
  return { ...APP, [path]: text.replace(before, after) }
}
const script = (name: string, command: string): Record<string, string> => {
  const { scripts, ...rest }: { scripts: Record<string, string> } = JSON.parse(APP['package.json'] ?? '')
  return { ...APP, 'package.json': JSON.stringify({ ...rest, scripts: { ...scripts, [name]: command } }) }
}

test('an app that brings real checks is well', () => {
  assert.equal(Object.keys(APP).length, 7)
  assert.deepEqual(faultsOf(APP), [])
})

test('scripts that say yes whatever happens are no checks', () => {
  const soft: [name: string, command: string][] = [
    ['lint', 'true'],
    ['lint', 'exit 0'],
    ['lint', 'echo fine'],
    ['lint', 'eslint . || true'],
    ['lint', 'eslint . ; true'],
    ['lint', 'eslint . | cat'],
    ['lint', 'eslint . & wait'],
    ['lint', 'eslint . > /dev/null'],
    ['lint', '! eslint .'],
    ['lint', 'eslint next.config.ts'],
    ['lint', 'eslint components'],
    ['lint', 'eslint . --ignore-pattern "**/*.tsx"'],
    ['lint', 'eslint -c loose.mjs .'],
    ['lint', 'ESLINT_USE_FLAT_CONFIG=false eslint .'],
    ['lint', 'eslint --version'],
    ['lint', 'next lint'],
    ['lint', 'prettier --check .'],
    ['lint', 'npm run quiet'],
    ['typecheck', 'tsc --noEmit --noCheck'],
    ['typecheck', 'tsc --noEmit --strict false'],
    ['typecheck', 'tsc --noEmit next.config.ts'],
    ['typecheck', 'tsc --version'],
    ['typecheck', 'next typegen'],
    ['build', 'echo built'],
    ['build', 'tsc --noEmit'],
    ['build', 'next build --help'],
    ['build', 'next build --experimental-build-mode compile'],
    ['build', 'next build $(true)'],
  ]
  for (const [name, command] of soft) {
    const faults = faultsOf(script(name, command))
    assert.equal(faults.length, 1, `${name}: ${command} → ${faults.join(' | ')}`)
    assert.match(faults[0] ?? '', new RegExp(`^package.json: "${name}": `))
  }
})

test('real checks are taken in the forms people write them', () => {
  const fine: [name: string, command: string][] = [
    ['lint', 'eslint'],
    ['lint', 'npx eslint . --max-warnings 0'],
    ['lint', 'eslint app components'],
    ['lint', "eslint '**/*.{ts,tsx}'"],
    ['lint', 'oxlint && prettier --check .'],
    ['lint', 'biome ci .'],
    ['typecheck', 'next typegen && tsc --noEmit'],
    ['typecheck', 'tsc --noEmit --pretty'],
    ['build', 'npm run typecheck && next build'],
    ['build', 'next build --webpack'],
  ]
  for (const [name, command] of fine)
    assert.deepEqual(faultsOf(script(name, command)), [], `${name}: ${command}`)
})

test('a check that its kind cannot do without is missed', () => {
  const without = changed('package.json', '    "typecheck": "tsc --noEmit"', '    "tidy": "tsc --noEmit"')
  assert.deepEqual(faultsOf(without), ['package.json: a Next.js project needs a script "typecheck"'])
  const { 'package.json': _, ...nothing } = APP
  assert.deepEqual(faultsOf(nothing), ['package.json: there is no package.json'])
  assert.deepEqual(faultsOf({ 'README.md': '' }), ['package.json: there is no package.json'])
})

test('settings that make a check look away are told', () => {
  const loose: [files: Record<string, string>, told: RegExp][] = [
    [
      changed(
        'next.config.ts',
        'reactStrictMode',
        'typescript: { ignoreBuildErrors: true }, reactStrictMode',
      ),
      /ignoreBuildErrors/,
    ],
    [
      changed('next.config.ts', 'reactStrictMode', 'eslint: { ignoreDuringBuilds: true }, reactStrictMode'),
      /ignoreDuringBuilds/,
    ],
    [changed('tsconfig.json', '"strict": true', '"strict": false'), /"strict" must be true/],
    [changed('tsconfig.json', '"strict": true,', ''), /"strict" must be true/],
    [
      changed('tsconfig.json', '"strict": true', '"strict": true, "strictNullChecks": false'),
      /"strictNullChecks"/,
    ],
    [changed('tsconfig.json', '"strict": true', '"strict": true, "noCheck": true'), /"noCheck"/],
    [
      changed('tsconfig.json', '"exclude": ["node_modules"]', '"exclude": ["app"]'),
      /does not include app\/layout\.tsx/,
    ],
    [changed('tsconfig.json', '"**/*.tsx", ', ''), /does not include app\/layout\.tsx/],
    [changed('tsconfig.json', '"include"', '"files": [], "references": [], "include"'), /tsc --build/],
    [changed('eslint.config.mjs', "'.next/**'", "'.next/**', '**/*'"), /ignores \*\*\/\*/],
    [changed('eslint.config.mjs', "'.next/**'", "'app/**'"), /ignores app\/\*\*/],
    [{ ...APP, 'eslint.config.mjs': 'export default []\n' }, /brings no rules/],
    [
      { ...APP, 'eslint.config.mjs': `${APP['eslint.config.mjs']}// ${"'a': 'off', ".repeat(4)}` },
      /switches 4 rules off/,
    ],
    [{ ...APP, '.eslintrc.json': '{}' }, /does not read it any more/],
    [{ ...APP, '.oxlintrc.json': '{"ignorePatterns":["app"]}' }, /keeps oxlint/],
    [{ ...APP, 'biome.json': '{"linter":{"enabled":false}}' }, /keeps Biome/],
  ]
  for (const [files, told] of loose) {
    const faults = faultsOf(files)
    assert.ok(faults.length > 0, `nothing was told where ${told} was due`)
    assert.match(faults.join('\n'), told)
  }
})

test('a comment or a trailing comma in tsconfig.json is no fault', () => {
  const commented = changed('tsconfig.json', '"strict": true,', '// all of it\n    "strict": true, /* see */')
  assert.deepEqual(faultsOf(commented), [])
  assert.deepEqual(faultsOf(changed('tsconfig.json', '["node_modules"]', '["node_modules",],')), [])
})

test('nothing may be fetched that no registry vouches for, and nothing may run by itself', () => {
  for (const version of [
    'file:../../home',
    'git+ssh://git@127.0.0.1/x',
    'http://127.0.0.1:80/x.tgz',
    'user/repository',
    'npm:other@1',
  ]) {
    const faults = faultsOf(changed('package.json', '"react": "19.3.0"', `"react": "${version}"`))
    assert.match(faults.join('\n'), /react must be a version of the registry/, version)
  }
  for (const name of ['postinstall', 'prepare', 'preinstall', 'prelint', 'postbuild', 'pretypecheck']) {
    assert.match(faultsOf(script(name, 'node x.js')).join('\n'), new RegExp(`"${name}" would run by itself`))
  }
  assert.match(
    faultsOf(changed('package.json', '"private": true', '"overrides": {}')).join('\n'),
    /"overrides" is not for/,
  )
})

test('what was asked for is what has to come', () => {
  const vite = changed('package.json', '"next": "16.4.3"', '"vite": "8.0.0"')
  assert.match(faultsOf(vite).join('\n'), /Next\.js was asked for, and it does not depend on next/)
})

test('a project that needs no node is not measured by node', () => {
  assert.deepEqual(faultsOf({ 'go.mod': 'module m\n', 'main.go': '' }, 'write a web server in Go'), [])
})

test('a library brings the checks of its language', () => {
  const manifest = (scripts: Record<string, string>) => JSON.stringify({ name: 'l', scripts })
  const typed = { 'tsconfig.json': '{"compilerOptions":{"strict":true}}', 'src/a.ts': '' }
  const request = 'write a small library for dates'
  assert.deepEqual(
    faultsOf({ ...typed, 'package.json': manifest({ lint: 'oxlint', typecheck: 'tsc' }) }, request),
    [],
  )
  assert.equal(faultsOf({ ...typed, 'package.json': manifest({ lint: 'oxlint' }) }, request).length, 1)
  const plain = { 'a.js': '', 'package.json': manifest({ lint: 'oxlint', test: 'node --test' }) }
  assert.deepEqual(faultsOf(plain, request), [])
  assert.equal(
    faultsOf({ ...plain, 'package.json': manifest({ lint: 'oxlint', test: 'node a.js' }) }, request).length,
    1,
  )
})
