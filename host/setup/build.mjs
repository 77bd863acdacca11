// npm run build: everything that `anc` needs to run.
import {
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
