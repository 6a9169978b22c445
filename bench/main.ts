import { cpus, loadavg } from 'node:os'
import { benchCascade } from './cascade.ts'
import { benchDirect } from './direct.ts'

// Nothing here passes or fails: a ratio is printed beside its goal, and the load of the machine beside both.
console.log(
  `${cpus().length} cores, load ${loadavg()
    .map((load) => load.toFixed(2))
    .join(' ')}, Node ${process.version}\n`,
)
await benchCascade()
await benchDirect()
console.log(`\nload at the end ${loadavg()[0]!.toFixed(2)}`)
