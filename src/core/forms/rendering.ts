import { unreachable } from '../errors.ts'
import { aiderForm } from './aider-form.ts'
import type { Rendering } from './answer-part.ts'
import { CONTINUE_FORM } from './continue-form.ts'
import { DIFF_FORM } from './diff-form.ts'
import type { Form } from './form.ts'

/** How answers look in a form. */
export function renderingOf({ name, fence }: Form): Rendering {
  switch (name) {
    case 'diff':
    case 'open-webui':
      return DIFF_FORM
    case 'continue':
      return CONTINUE_FORM
    case 'aider-whole':
    case 'aider-diff':
    case 'aider-udiff':
      return aiderForm(name, fence)
    default:
      return unreachable(name)
  }
}
