/** A Chromium for tests: Debian's, found on the PATH. */
import { spawnSync } from 'node:child_process';
import { createRequire } from 'node:module';
import { readFileSync } from 'node:fs';
import { chromium, type Browser, type Page } from 'playwright-core';

function findChromium(): string | null {
  for (const name of ['chromium', 'chromium-headless-shell', 'google-chrome']) {
    const found = spawnSync('sh', ['-c', `command -v ${name}`], { encoding: 'utf8' });
    if (found.status === 0) return found.stdout.trim();
  }
  return null;
}

const executablePath = findChromium();

/** Why browser tests are skipped; false when they can run. */
export const BROWSER_MISSING: string | false = executablePath
  ? false
  : 'no Chromium on the PATH (apt-get install chromium)';

export function launch(args: readonly string[] = []): Promise<Browser> {
  const isRoot = process.getuid?.() === 0;
  return chromium.launch({
    executablePath: executablePath!,
    args: [...(isRoot ? ['--no-sandbox'] : []), ...args],
  });
}

const axeSource = readFileSync(
  createRequire(import.meta.url).resolve('axe-core/axe.min.js'),
  'utf8',
);

/** What axe-core finds, each as one line; [] when the page is clean. */
export async function axeViolations(page: Page): Promise<string[]> {
  // By evaluation, because the page's own policy forbids inline scripts.
  await page.evaluate(axeSource);
  return page.evaluate(async () => {
    interface Result {
      violations: { id: string; nodes: { target: unknown[]; failureSummary: string }[] }[];
    }
    const { axe } = globalThis as unknown as { axe: { run(): Promise<Result> } };
    const { violations } = await axe.run();
    return violations.flatMap(({ id, nodes }) =>
      nodes.map(
        ({ target, failureSummary }) => `${id}: ${JSON.stringify(target)} ${failureSummary}`,
      ),
    );
  });
}

/** Frames a second over `ms`. */
export function frameRate(page: Page, ms = 2000): Promise<number> {
  return page.evaluate(
    (span) =>
      new Promise<number>((resolve) => {
        let frames = 0;
        const start = performance.now();
        const count = (now: number) => {
          frames += 1;
          if (now - start < span) requestAnimationFrame(count);
          else resolve((1000 * frames) / (now - start));
        };
        requestAnimationFrame(count);
      }),
    ms,
  );
}
