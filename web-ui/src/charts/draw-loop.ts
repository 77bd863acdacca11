/** Draws what has changed, at most once a frame, and nothing when nothing has. */
type Draw = () => void;

const dirty = new Set<Draw>();
let isScheduled = false;

function frame(): void {
  isScheduled = false;
  const draws = [...dirty];
  dirty.clear();
  for (const draw of draws) draw();
}

export function drawSoon(draw: Draw): void {
  dirty.add(draw);
  if (isScheduled) return;
  isScheduled = true;
  requestAnimationFrame(frame);
}

export function forget(draw: Draw): void {
  dirty.delete(draw);
}
