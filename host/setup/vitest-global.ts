/** Builds what the tests run against, so that `npx vitest` alone never tests an old binary. */
import { buildBundles, buildEmulated, buildFirmware } from './steps.mjs';
import { buildWasm } from './wasm.mjs';

export default function setup(): void {
  // For a run of one folder's tests beside a build that is known to be fresh.
  if (process.env['ANC_SKIP_SETUP']) return;
  for (const preset of ['native', 'sanitize', 'check']) buildFirmware(preset);
  buildEmulated();
  buildWasm();
  buildBundles();
}
