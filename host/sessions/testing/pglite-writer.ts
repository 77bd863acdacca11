/** Writes users into the PGlite of a folder until it is ended, and says each id once it is written. */
import { openDatabase } from '../storage/index.ts';
import { seedUser } from './seed.ts';

const say = (text: string) => process.stdout.write(`${text}\n`);

try {
  const database = await openDatabase({ folder: process.argv[2]! });
  say('open');
  for (;;) say((await seedUser(database)).userId);
} catch (error) {
  say((error as { code?: string }).code ?? String(error));
}
