/** A text without its secrets, and of which kinds they were. */
export type Redacted = { readonly text: string; readonly kinds: readonly string[] }

/** Takes out what looks like a secret: private keys, tokens by their well-known shapes, passwords that are assigned. */
export function redactSecrets(text: string): Redacted {
  const kinds = new Set<string>()
  let clean = withoutKeys(text, kinds)
  for (const [kind, shape, instead] of SHAPES) {
    const redacted = clean.replaceAll(shape, instead)
    if (redacted !== clean) kinds.add(kind)
    clean = redacted
  }
  return { text: clean, kinds: [...kinds] }
}

const HIDDEN = '[redacted]'

/**
 * Prefixes and lengths as their makers give them; https://github.com/gitleaks/gitleaks/blob/master/config/gitleaks.toml
 * lists them with sources. Each is bounded on its left, so that none looks at a character more than a few times.
 */
const SHAPES: readonly (readonly [kind: string, shape: RegExp, instead: string])[] = [
  ['AWS access key', /\b(?:AKIA|ASIA|ABIA|ACCA)[A-Z0-9]{16}\b/g, HIDDEN],
  ['GitHub token', /\b(?:gh[pousr]_[A-Za-z0-9]{36,255}|github_pat_\w{22,255})/g, HIDDEN],
  ['GitLab token', /\bgl(?:pat|dt|rt|ptt|cbt|soat)-[\w-]{20,255}/g, HIDDEN],
  ['Slack token', /\bxox[abeoprs]-[\w-]{10,255}/g, HIDDEN],
  ['Slack webhook', /\bhooks\.slack\.com\/services\/[\w/]{20,100}/g, HIDDEN],
  ['Google API key', /\bAIza[\w-]{35}/g, HIDDEN],
  ['API key', /\bsk-[\w-]{16,255}/g, HIDDEN],
  ['Stripe key', /\b[rs]k_(?:live|test)_[A-Za-z0-9]{10,255}/g, HIDDEN],
  ['npm token', /\bnpm_[A-Za-z0-9]{36}\b/g, HIDDEN],
  ['PyPI token', /\bpypi-AgEI[\w-]{50,1000}/g, HIDDEN],
  ['Hugging Face token', /\bhf_[A-Za-z]{30,255}/g, HIDDEN],
  ['SendGrid key', /\bSG\.[\w-]{16,64}\.[\w-]{16,128}/g, HIDDEN],
  ['web token', /\beyJ[\w-]{10,2000}\.eyJ[\w-]{10,4000}\.[\w-]{10,1000}/g, HIDDEN],
  ['bearer token', /(\bBearer\s{1,4})[\w.~+/-]{20,4000}=*/g, `$1${HIDDEN}`],
  [
    'password in an address',
    /(\b[a-z][a-z0-9+.-]{1,20}:\/\/[^\s/:@"'`<>]{1,100}:)[^\s/@"'`<>${}]{3,200}(?=@)/gi,
    `$1${HIDDEN}`,
  ],
  [
    // NAME=value at the start of a line, as in .env; code assigns other things than bare words to such names
    'assigned secret',
    /^([ \t+-]{0,8}(?:export[ \t]+)?[A-Z0-9_]{0,60}(?:SECRET|TOKEN|PASSWORD|PASSWD|PASS|API_?KEY|PRIVATE_KEY|ACCESS_KEY|CREDENTIALS?)[A-Z0-9_]{0,60}[ \t]{0,4}=[ \t]{0,4}["']?)[^\s"'(){}<>$]{6,2000}(["']?[ \t]{0,8})$/gm,
    `$1${HIDDEN}$2`,
  ],
]

const BEGIN = /-----BEGIN (?:[A-Z]{2,12} ){0,3}PRIVATE KEY(?: BLOCK)?-----/g
const END = /-----END (?:[A-Z]{2,12} ){0,3}PRIVATE KEY(?: BLOCK)?-----/g

/** From a key's first line to its last one, or to the end of the text. */
function withoutKeys(text: string, kinds: Set<string>): string {
  let clean = ''
  let done = 0
  BEGIN.lastIndex = 0
  for (let begin = BEGIN.exec(text); begin !== null; begin = BEGIN.exec(text)) {
    END.lastIndex = BEGIN.lastIndex
    const end = END.exec(text)
    clean += text.slice(done, begin.index) + HIDDEN
    done = end === null ? text.length : END.lastIndex
    BEGIN.lastIndex = done
    kinds.add('private key')
  }
  return clean + text.slice(done)
}
