import { isForbidden } from './protected.ts'

/** May a model read this file only because somebody asked a question? Keys and passwords stay where they are. */
export const mayBeRead = (path: string): boolean => !isForbidden(path) && !SECRET_FILE.test(path)

/** Does a file hold a private key, whatever its name? */
export const holdsKey = (content: string): boolean => /-----BEGIN [A-Z ]*PRIVATE KEY/.test(content)

const KEPT = String.raw`(?:\.(?:json|ya?ml|toml|ini|cfg|conf|properties|txt|csv|xml|enc|plist|bak))*`
const SECRET_FILE = new RegExp(
  [
    String.raw`(?:^|/)\.(?:ssh|gnupg|aws|kube|docker)/`,
    String.raw`(?:^|/)(?:id_(?:rsa|dsa|ecdsa|ed25519)|env|\.(?:netrc|npmrc|yarnrc|yarnrc\.yml|pypirc|htpasswd|pgpass|git-credentials|dockercfg))$`,
    String.raw`(?:^|/)(?:(?:client[-_])?secrets?|credentials?|passwords?|service[-_]?account[\w-]*)${KEPT}$`,
    String.raw`\.(?:pem|key|p12|pfx|p8|jks|keystore|kdbx|tfvars|tfstate|tfstate\.backup|asc|gpg|env)$`,
  ].join('|'),
  'i',
)
