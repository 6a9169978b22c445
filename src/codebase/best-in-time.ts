/** The better of two answers, if it comes before it is late; else the quicker one, if that has come by then. */
export async function bestInTime<Value>(
  better: Promise<Value | null>,
  quicker: Promise<Value | null>,
  late: Promise<null>,
): Promise<Value | null> {
  return (await Promise.race([better, late])) ?? (await Promise.race([quicker, late]))
}
