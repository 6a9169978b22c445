type Settings = Readonly<Record<string, string>>

/**
 * The command that starts Ollama with these settings: by hand, and as the app or the service it usually is;
 * https://docs.ollama.com/faq#how-do-i-configure-ollama-server.
 */
export function startOllamaWith(settings: Settings, platform: NodeJS.Platform): string {
  const pairs = Object.entries(settings)
  const byHand = [...pairs.map(([name, value]) => `${name}=${value}`), 'ollama serve'].join(' ')
  switch (platform) {
    case 'darwin': {
      const set = pairs.map(([name, value]) => `launchctl setenv ${name} ${value}`).join(' && ')
      return `${byHand}; for the app: ${set}, and start it anew`
    }
    case 'linux': {
      const lines = ['[Service]', ...pairs.map(([name, value]) => `Environment=${name}=${value}`)]
      return `${byHand}; for the service: ${serviceWith(lines)}`
    }
    default:
      return byHand
  }
}

const FOLDER = '/etc/systemd/system/ollama.service.d'

const serviceWith = (lines: readonly string[]): string =>
  `sudo mkdir -p ${FOLDER} && printf '%s\\n' ${lines.map((line) => `'${line}'`).join(' ')} | ` +
  `sudo tee ${FOLDER}/quorum.conf && sudo systemctl daemon-reload && sudo systemctl restart ollama`
