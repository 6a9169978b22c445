import { type Draft, draft } from './draft.ts'
import { isBelow, nameOf, type ProjectFacts, topmostFolders, within } from './facts.ts'

/** The Python tools a project has settings for, and its tests. */
export function pythonGates(facts: ProjectFacts): Draft[] {
  if (facts.virtualenv === null && !facts.installed('python3')) return []
  return topmostFolders(facts, MARKERS).flatMap((folder) => {
    const project = describe(folder, facts)
    return [ruff(project), mypy(project), pytest(project)].filter((gate) => gate !== null)
  })
}

const MARKERS = ['pyproject.toml', 'setup.py', 'setup.cfg', 'requirements.txt']

type PythonProject = {
  readonly facts: ProjectFacts
  readonly folder: string
  readonly common: Pick<Draft, 'folder' | 'environment'>
  /** `python -m`: a program of a virtual environment names its python by the place where it was installed. */
  readonly run: readonly string[]
  /** Text of a file in its folder; empty where there is none. */
  readonly text: (name: string) => string
  readonly has: (name: string) => boolean
  /** Is a tool there that it has settings for? What a virtual environment holds is not known; it is believed. */
  readonly brings: (tool: string) => boolean
}

function describe(folder: string, facts: ProjectFacts): PythonProject {
  const place = within('{root}', folder).replace(/\/$/, '')
  const source = [...facts.files].some((path) => isBelow(path, within(folder, 'src'))) ? [`${place}/src`] : []
  return {
    facts,
    folder,
    common: {
      folder,
      // the workspace's own package comes before one that was installed from the user's folder
      environment: { PYTHONPATH: [place, ...source].join(':'), PYTHONDONTWRITEBYTECODE: '1' },
    },
    run: [facts.virtualenv === null ? 'python3' : 'python', '-m'],
    text: (name) => facts.read(within(folder, name)) ?? '',
    has: (name) => facts.files.has(within(folder, name)),
    brings: (tool) => facts.virtualenv !== null || facts.installed(tool),
  }
}

function ruff({ common, run, text, has, brings }: PythonProject): Draft | null {
  const configured = has('ruff.toml') || has('.ruff.toml') || hasTable(text('pyproject.toml'), 'tool.ruff')
  if (!configured || !brings('ruff')) return null
  const options = ['--no-fix', '--output-format', 'concise', '--cache-dir', '{cache}/ruff']
  const check = [...run, 'ruff', 'check', ...options]
  return draft('lint', 'ruff', [...check, '.'], {
    ...common,
    // files that the settings leave out are left out also when they are named
    quick: { command: [...check, '--force-exclude'], endings: ['.py', '.pyi'], names: 'files' },
  })
}

function mypy({ common, run, text, has, brings }: PythonProject): Draft | null {
  const settings = [
    has('mypy.ini') ? text('mypy.ini') : undefined,
    hasTable(text('pyproject.toml'), 'tool.mypy') ? text('pyproject.toml') : undefined,
    hasTable(text('setup.cfg'), 'mypy') ? text('setup.cfg') : undefined,
  ].find((found) => found !== undefined)
  if (settings === undefined || !brings('mypy')) return null
  const saysWhere = /^\s*(?:files|packages|modules)\s*=/m.test(settings)
  const options = ['--no-pretty', '--cache-dir', '{cache}/mypy']
  return draft('typecheck', 'mypy', [...run, 'mypy', ...options, ...(saysWhere ? [] : ['.'])], common)
}

function pytest({ facts, folder, common, run, text, has, brings }: PythonProject): Draft | null {
  const configured =
    has('pytest.ini') ||
    hasTable(text('pyproject.toml'), 'tool.pytest') ||
    hasTable(text('tox.ini'), 'pytest') ||
    hasTable(text('setup.cfg'), 'tool:pytest')
  const hasTests = [...facts.files].some((path) => isBelow(path, folder) && isTest(nameOf(path)))
  if (!(configured && brings('pytest')) && !(hasTests && facts.installed('pytest'))) return null
  const options = ['--junitxml={report}', '-p', 'no:cacheprovider']
  return draft('test', 'pytest', [...run, 'pytest', ...options], { ...common, report: 'junit' })
}

const isTest = (name: string): boolean => /^test_.*\.py$|_test\.py$/.test(name)

/** Has a TOML or INI text this table, or one below it? */
const hasTable = (text: string, name: string): boolean =>
  new RegExp(`^\\s*\\[\\[?\\s*${name.replaceAll('.', '\\.')}[\\].\\s]`, 'm').test(text)
