import { rules, type Rule } from './rule.ts'

const CALL = {
  code: 'network_in_test',
  does: 'reaches out into the network',
  files: 'tests',
  within: 'code',
  // tests often name real hosts to a client that never leaves the process
  unless:
    /mock|stub|fake|nock\b|\bmsw\b|intercept|spyOn|scripted|cassette|\bvcr\b|monkeypatch|respx|httptest|\bresponses\b|\bfetch\s*=(?!=)/i,
  excuse: /network|integration|e2e|end.to.end|\blive\b|https?:\/\//i,
} as const

// names of this machine, and those that RFC 2606 and RFC 6761 reserve for nobody
const NOBODY = String.raw`localhost\b|127\.|0\.0\.0\.0|10\.|192\.168\.|(?:[\w-]+\.)*example\.(?:com|org|net)\b|[\w.-]*\.(?:test|localhost|invalid|example|local|internal)\b`
const URL = String.raw`['"${'`'}](?:https?|wss?):\/\/(?!${NOBODY})(?:[\w-]+\.)+[a-z]{2,}`

/** Tests that depend on what the world answers today. */
export const OUTSIDE_CALLS: readonly Rule[] = [
  ...rules({ ...CALL, languages: ['javascript'] }, [
    new RegExp(
      String.raw`(?<![\w$])(?:fetch|axios(?:\.\w+)?|got(?:\.\w+)?|superagent\.\w+|needle|undici\.request|https?\.(?:get|request))\s*\(\s*(?:new URL\(\s*)?${URL}`,
      'g',
    ),
    new RegExp(String.raw`\bnew\s+(?:WebSocket|EventSource)\s*\(\s*${URL}`, 'g'),
  ]),
  ...rules({ ...CALL, languages: ['python'] }, [
    new RegExp(
      String.raw`\b(?:requests|httpx)\.(?:get|post|put|patch|delete|head|request)\s*\([^)\n]{0,40}?${URL}`,
      'g',
    ),
    new RegExp(String.raw`\burlopen\s*\(\s*${URL}`, 'g'),
  ]),
  ...rules({ ...CALL, languages: ['go'] }, [
    new RegExp(String.raw`\bhttp\.(?:Get|Head|Post|PostForm)\s*\(\s*${URL}`, 'g'),
  ]),
  ...rules({ ...CALL, languages: ['rust'] }, [
    new RegExp(String.raw`\b(?:reqwest::(?:blocking::)?|ureq::)get\s*\(\s*${URL}`, 'g'),
  ]),
]
