/** Builds what the tests run against, so that `npx vitest` alone never tests an old binary. */
import { buildBundles, buildFirmware } from './steps.mjs';

export default function setup(): void {
  for (const preset of ['native', 'sanitize', 'check']) buildFirmware(preset);
  buildBundles();
}
