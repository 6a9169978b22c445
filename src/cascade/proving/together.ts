/** All of it at once. When one breaks the others are stopped, and it throws only when every one has ended. */
export async function together<Input, Result>(
  inputs: readonly Input[],
  work: (input: Input, signal: AbortSignal) => Promise<Result>,
  signal: AbortSignal,
): Promise<Result[]> {
  const stop = new AbortController()
  const either = AbortSignal.any([signal, stop.signal])
  const running = inputs.map((input) => work(input, either))
  for (const one of running) one.catch((error: unknown) => stop.abort(error))
  await Promise.allSettled(running)
  // the first to break is what the others were stopped with
  if (stop.signal.aborted && !signal.aborted) throw stop.signal.reason
  return Promise.all(running)
}
