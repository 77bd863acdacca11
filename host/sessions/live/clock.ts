/** Between the two readings of a pair some time passes: the largest difference of a few is the nearest. */
function originMs(): number {
  let origin = -Infinity;
  for (let i = 0; i < 20; i += 1)
    origin = Math.max(origin, Number(process.hrtime.bigint()) / 1e6 - performance.now());
  return origin;
}

const origin = originMs();

/** The machine’s monotonic clock, ms: the same in every thread, which `performance.now()` is not. */
export const nowMs = (): number => performance.now() + origin;
