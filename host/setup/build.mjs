// npm run build [-- emulated]: everything that `anc` needs to run, and the images for `qemu:` on demand.
import {
  buildEmulated,
  buildBundles,
  buildFirmware,
  ensureNode,
  ensureNpmPackages,
  ensureSystemPackages,
} from './steps.mjs';
import { buildWasm } from './wasm.mjs';

ensureNode();
ensureSystemPackages('build');
ensureNpmPackages();
buildFirmware('native');
buildWasm();
buildBundles();
if (process.argv.includes('emulated')) {
  ensureSystemPackages('emulated');
  buildEmulated();
}
