// The emulated chip by hand: node host/setup/rom-loader.mjs --help
import { runTypescript } from './run-typescript.mjs';

process.exit(await runTypescript('host/testing/rom-loader/main.ts', process.argv.slice(2)));
