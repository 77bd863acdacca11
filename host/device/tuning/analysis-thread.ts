/** Entry of the thread of `inThread`: one question, one answer. */
import { parentPort, workerData } from 'node:worker_threads';
import { asAncError } from '@anc/link';
import { checkSignals } from './check.ts';
import type { ThreadAnswer, ThreadQuestion } from './in-thread.ts';
import { levelsOf } from './levels.ts';
import { reachOf } from './reach.ts';

function solve(asked: ThreadQuestion): unknown {
  switch (asked.task) {
    case 'check':
      return checkSignals(asked.question);
    case 'reach':
      return reachOf(asked.question);
    case 'levels':
      return levelsOf(asked.question);
  }
}

function answer(asked: ThreadQuestion): ThreadAnswer {
  try {
    return { result: solve(asked) };
  } catch (error) {
    const { code, message, hint } = asAncError(error);
    if (code === 'INTERNAL') throw error;
    return { code, message, hint };
  }
}

parentPort!.postMessage(answer(workerData as ThreadQuestion));
