import { readFile } from 'node:fs/promises';
import { DspError } from './errors.ts';
import { JsonView } from './paths/json-view.ts';

/** The best that a causal feed-forward controller can do on a path: dB of attenuation, positive = quieter. */
export interface Bound {
  readonly pathId: string;
  readonly latencySamples: number;
  /** false: linear between the two latencies of the file around it */
  readonly tabulated: boolean;
  /** by octave, centre in Hz */
  readonly octaves: readonly { readonly centreHz: number; readonly attenuationDb: number }[];
  readonly band50To1000Db: number;
  /** how the file says it was computed */
  readonly method: string;
}

/** The `bounds.json` of a set of measured paths. */
export class Bounds {
  private readonly view: JsonView;

  constructor(view: JsonView) {
    this.view = view;
  }

  /** null when the file has no such path or its latencies do not reach that far. */
  boundFor(pathId: string, latencySamples: number): Bound | null {
    const paths = this.view.object('paths');
    if (!paths.has(pathId)) return null;
    const table = paths.object(pathId).object('active_db_by_added_latency_samples');
    const latencies = table.names().map(Number);
    const below = Math.max(...latencies.filter((n) => n <= latencySamples));
    const above = Math.min(...latencies.filter((n) => n >= latencySamples));
    if (!Number.isFinite(below) || !Number.isFinite(above)) return null;
    const low = table.object(String(below));
    const high = table.object(String(above));
    const share = above === below ? 0 : (latencySamples - below) / (above - below);
    // the file has changes of level, negative = quieter
    const between = (a: JsonView, b: JsonView, name: string) =>
      -((1 - share) * a.number(name) + share * b.number(name));
    const [lowOctaves, highOctaves] = [low.object('octaves'), high.object('octaves')];
    return {
      pathId,
      latencySamples,
      tabulated: above === below,
      octaves: lowOctaves.names().map((name) => ({
        centreHz: Number(name),
        attenuationDb: between(lowOctaves, highOctaves, name),
      })),
      band50To1000Db: between(low, high, 'band_50_1000'),
      method: this.view.text('what', ''),
    };
  }
}

/**
 * @param file `bounds.json`
 * @returns null when there is no such file
 * @throws DspError BOUNDS_INVALID when it cannot be read as one
 */
export async function readBounds(file: string): Promise<Bounds | null> {
  const hint = 'Take the bounds.json that came with the paths.';
  try {
    const view = new JsonView(file, JSON.parse(await readFile(file, 'utf8')));
    view.object('paths');
    return new Bounds(view);
  } catch (cause) {
    if ((cause as NodeJS.ErrnoException).code === 'ENOENT') return null;
    const reason = (cause as Error).message;
    throw new DspError('BOUNDS_INVALID', `The bounds in ${file}: ${reason}`, { cause, hint });
  }
}
