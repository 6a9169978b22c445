import { cagedCommand, type Abilities } from './bubblewrap-command.ts'
import { survey, type Machine } from './bubblewrap-machine.ts'
import { locate } from './programs.ts'
import { noCage, type Cage, type ProbeOptions } from './sandbox.ts'
import { openTrial } from './sandbox-trial.ts'

/**
 * Cages by bubblewrap (Linux). A command gets namespaces of its own (no network, no processes but its own), a root made of
 * the system's programs read-only, its workspace, and nothing else: homes, sockets and other projects are not hidden,
 * they are not there. It holds no capability, and everything it started ends with it.
 */
export async function probeBubblewrap(options: ProbeOptions, signal: AbortSignal): Promise<Cage> {
  const { run, path, folder } = options
  const [bwrap, env] = await Promise.all([locate('bwrap', path), locate('env', path)])
  if (bwrap === null || env === null)
    return noCage('bubblewrap is not installed', 'install it: apt install bubblewrap')
  const { output: help } = await run([bwrap, '--help'], signal)
  const { output: version } = await run([bwrap, '--version'], signal)
  const machine = await survey({ bwrap, env }, path)
  await using trial = await openTrial(folder, run)
  const faultOf = (abilities: Abilities) => trial.faultOf(cageOf(version.trim(), machine, abilities), signal)

  const wished = wishesFor(help, machine)
  if ((await faultOf(wished)) === null) return cageOf(version.trim(), machine, wished)
  const fault = await faultOf(BARE)
  if (fault !== null) return noCage(`bubblewrap does not work here (${lastLine(fault)})`, mendFor(fault))
  let had = BARE
  for (const wish of ['sized', 'nestingOff', 'limits', 'outer', 'ownOverlay'] as const) {
    const more = { ...had, [wish]: wished[wish] }
    if (wished[wish] && (await faultOf(more)) === null) had = more
  }
  return cageOf(version.trim(), machine, had)
}

const BARE: Abilities = { sized: false, nestingOff: false, limits: false, outer: false, ownOverlay: false }

const wishesFor = (help: string, machine: Machine): Abilities => ({
  sized: help.includes('--size'),
  nestingOff: help.includes('--disable-userns'),
  limits: machine.prlimit !== null,
  outer: machine.outer !== null,
  ownOverlay: help.includes('--overlay-src'),
})

function cageOf(version: string, machine: Machine, abilities: Abilities): Cage {
  const overlays = abilities.outer || abilities.ownOverlay
  return {
    kind: 'bubblewrap',
    description: [
      `${version}: no network, no files but the workspace, no foreign processes`,
      describeLimits(machine, abilities),
      overlays ? 'overlays' : 'no overlays',
    ].join(', '),
    overlays,
    fixedPlaces: true,
    wrap: (command, room) => cagedCommand(machine, abilities, command, room),
  }
}

function describeLimits(machine: Machine, { limits, outer }: Abilities): string {
  const countsProcesses = machine.user.uid === 0 ? outer && machine.countsByProcessId : limits
  if (!limits) return countsProcesses ? 'processes limited, memory and files not' : 'no limits'
  return countsProcesses ? 'processes, memory and files limited' : 'memory and files limited, processes not'
}

const lastLine = (text: string): string => text.trim().split('\n').at(-1) ?? ''

function mendFor(fault: string): string {
  if (/uid map|RTM_NEWADDR|namespace.*(?:permission|not permitted)/i.test(fault)) {
    return (
      'user namespaces are forbidden: on Ubuntu 24.04 and later give bubblewrap an AppArmor profile with `userns,`; ' +
      'on older Debian `sysctl kernel.unprivileged_userns_clone=1`; in a container allow it to unshare'
    )
  }
  if (/unknown option/i.test(fault)) return 'update bubblewrap to 0.5 or later'
  return 'see what `bwrap --unshare-all --ro-bind / / --proc /proc true` says'
}
