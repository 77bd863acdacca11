// npm run build: everything that `anc` needs to run.
import {
  buildBundles,
  buildFirmware,
  ensureNode,
  ensureNpmPackages,
  ensureSystemPackages,
} from './steps.mjs';

ensureNode();
ensureSystemPackages('build');
ensureNpmPackages();
buildFirmware('native');
buildBundles();
