import { numbered, type BenchProject } from './project.ts'

const COMPONENTS = 120
const ROUTES = 30
const TESTED = 80

const packageJson = {
  name: 'bench-next',
  private: true,
  type: 'module',
  scripts: { lint: 'eslint .', typecheck: 'tsc --noEmit', build: 'next build', test: 'vitest run' },
  dependencies: { next: '16.4.3', react: '19.3.0', 'react-dom': '19.3.0' },
  devDependencies: {
    '@types/node': '24.10.1',
    '@types/react': '19.2.7',
    eslint: '9.39.5',
    'eslint-config-next': '16.4.3',
    typescript: '5.9.3',
    vitest: '5.1.1',
  },
}

const tsconfig = {
  compilerOptions: {
    target: 'ES2022',
    lib: ['dom', 'dom.iterable', 'esnext'],
    strict: true,
    noEmit: true,
    module: 'esnext',
    moduleResolution: 'bundler',
    jsx: 'react-jsx',
    esModuleInterop: true,
    isolatedModules: true,
    skipLibCheck: true,
    incremental: true,
    plugins: [{ name: 'next' }],
  },
  include: ['next-env.d.ts', '**/*.ts', '**/*.tsx', '.next/types/**/*.ts'],
  exclude: ['node_modules'],
}

const amount = (index: number): string => `/** Price ${index}, with tax, in cents. */
export function price${index}(cents: number, rate = 0.2): number {
  if (cents < 0) throw new RangeError('a price is not negative')
  return Math.round(cents * (1 + rate)) + ${index % 3}
}
`

const component = (index: number): string => `'use client'

import { useMemo, useState } from 'react'
import { price${index} } from '../lib/price${index}'

type Props = { items: readonly { id: string; cents: number }[] }

export function Cart${index}({ items }: Props) {
  const [open, setOpen] = useState(false)
  const total = useMemo(() => items.reduce((sum, item) => sum + price${index}(item.cents), 0), [items])
  return (
    <section>
      <button onClick={() => setOpen(!open)}>{open ? 'Hide' : 'Show'} {total}</button>
      {open && items.map((item) => <p key={item.id}>{item.cents}</p>)}
    </section>
  )
}
`

const page = (index: number): string => {
  const shown = [0, 1, 2, 3].map((offset) => (index * 4 + offset) % COMPONENTS)
  return `${shown.map((at) => `import { Cart${at} } from '../../components/cart${at}'`).join('\n')}

export default function Page() {
  const items = [{ id: 'a', cents: 100 }, { id: 'b', cents: 250 }]
  return (
    <main>
${shown.map((at) => `      <Cart${at} items={items} />`).join('\n')}
    </main>
  )
}
`
}

const check = (index: number): string => `import { expect, test } from 'vitest'
import { price${index} } from '../lib/price${index}'

test('a price has its tax', () => {
  expect(price${index}(100)).toBe(${120 + (index % 3)})
})
test('a price is not negative', () => {
  expect(() => price${index}(-1)).toThrow(RangeError)
})
`

const fix = (body: string) => ({ path: 'lib/price7.ts', content: body })
const right = amount(7).replace('if (cents < 0)', 'if (!Number.isFinite(cents) || cents < 0)')

/** An application as create-next-app makes it, grown to some hundred files; no font has to be fetched. */
export const nextProject: BenchProject = {
  name: `Next.js, ${COMPONENTS} components, ${ROUTES} routes, ${TESTED} test files`,
  files: {
    'package.json': `${JSON.stringify(packageJson, null, 2)}\n`,
    'tsconfig.json': `${JSON.stringify(tsconfig, null, 2)}\n`,
    'next.config.ts':
      "import type { NextConfig } from 'next'\n\nconst config: NextConfig = {}\n\nexport default config\n",
    'next-env.d.ts': '/// <reference types="next" />\n/// <reference types="next/image-types/global" />\n',
    'eslint.config.mjs':
      "import { defineConfig, globalIgnores } from 'eslint/config'\nimport vitals from 'eslint-config-next/core-web-vitals'\nimport typescript from 'eslint-config-next/typescript'\n\nexport default defineConfig([...vitals, ...typescript, globalIgnores(['.next/**', 'next-env.d.ts'])])\n",
    'vitest.config.mts':
      "import { defineConfig } from 'vitest/config'\n\nexport default defineConfig({ test: { include: ['tests/**/*.test.ts'] } })\n",
    '.gitignore': 'node_modules\n.next\n*.tsbuildinfo\n',
    'app/layout.tsx':
      'import type { ReactNode } from \'react\'\n\nexport default function Layout({ children }: { children: ReactNode }) {\n  return (\n    <html lang="en">\n      <body>{children}</body>\n    </html>\n  )\n}\n',
    'app/page.tsx': 'export default function Home() {\n  return <main>Home</main>\n}\n',
    ...numbered(COMPONENTS, (index) => [`lib/price${index}.ts`, amount(index)]),
    ...numbered(COMPONENTS, (index) => [`components/cart${index}.tsx`, component(index)]),
    ...numbered(ROUTES, (index) => [`app/route${index}/page.tsx`, page(index)]),
    ...numbered(TESTED, (index) => [`tests/price${index}.test.ts`, check(index)]),
  },
  candidates: [
    { name: 'right', change: fix(right), passes: true },
    { name: 'syntax error', change: fix(right.replace(') throw', ' throw')), passes: false },
    { name: 'type error', change: fix(right.replace('cents: number', 'cents: string')), passes: false },
    { name: 'lint error', change: fix(`${right}export const loose: any = 1\n`), passes: false },
    {
      name: 'logic error',
      change: fix(right.replace('Math.round', 'Math.floor').replace('+ 1', '+ 2')),
      passes: false,
    },
  ],
  checks: [
    ['npm', 'run', 'lint'],
    ['npm', 'run', 'typecheck'],
    ['npm', 'run', 'build'],
    ['npm', 'test'],
  ],
}
