import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import express, { Router } from 'express';
import { parseManifest } from '../../device/flash/manifest.ts';
import { recoveryOf } from '../../device/flash/node/boards.ts';
import type { FirmwareEntry, FirmwareList } from '../panel-protocol.ts';

const maxManifestBytes = 1 << 20;

/** Manifests in the folder and one level below it. One that cannot be read is listed with what is wrong. */
async function listFirmware(folder: string): Promise<FirmwareEntry[]> {
  const found = await readdir(folder, { withFileTypes: true }).catch(() => []);
  const below = await Promise.all(
    found
      .filter((entry) => entry.isDirectory())
      .map(async ({ name }) =>
        (await readdir(join(folder, name)).catch(() => [])).map((file) => `${name}/${file}`),
      ),
  );
  const here = found.filter((entry) => entry.isFile()).map(({ name }) => name);
  const paths = [...here, ...below.flat()].filter((path) => path.endsWith('.json')).sort();
  return Promise.all(
    paths.map(async (path) => {
      try {
        const bytes = await readFile(join(folder, path));
        if (bytes.length > maxManifestBytes) throw new Error(`${path} is too large for a manifest`);
        const { name, version, builds } = parseManifest(bytes.toString('utf8'), path);
        return {
          path,
          name,
          version,
          chips: builds.map(({ chipFamily }) => chipFamily),
          error: null,
        };
      } catch (error) {
        return { path, name: path, version: '', chips: [], error: (error as Error).message };
      }
    }),
  );
}

async function recoveries(): Promise<Record<string, string>> {
  const { loadBoards } = await import('@anc/boards');
  const known = loadBoards().map((board) => [board.id, recoveryOf(board)] as const);
  return Object.fromEntries(known.flatMap(([id, text]) => (text ? [[id, text]] : [])));
}

/** What the flash page offers: the manifests, and their files. */
export function firmwareRoutes(folder: string | null): Router {
  const router = Router();
  router.get('/', async (_request, response) => {
    const list: FirmwareList = {
      firmware: folder ? await listFirmware(folder) : [],
      recovery: await recoveries(),
    };
    response.json(list);
  });
  if (folder)
    router.use('/files', express.static(folder, { cacheControl: false, etag: true, index: false }));
  return router;
}
