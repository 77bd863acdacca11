import type { Command } from 'commander';
import { ab } from './ab.ts';
import { boards } from './boards.ts';
import { bound } from './bound.ts';
import { cancel } from './cancel.ts';
import { completion } from './completion.ts';
import { devices } from './devices.ts';
import { flash } from './flash.ts';
import { identify } from './identify.ts';
import { image } from './image.ts';
import { info } from './info.ts';
import { latency } from './latency.ts';
import { mode } from './mode.ts';
import { monitor } from './monitor.ts';
import { params } from './params.ts';
import { parse } from './parse.ts';
import { profile } from './profile.ts';
import { recover } from './recover.ts';
import { report } from './report.ts';
import { serve } from './serve.ts';
import { server } from './server.ts';
import { shell } from './shell.ts';
import { sim } from './sim.ts';
import { simulate } from './simulate.ts';
import { tune } from './tune.ts';
import { update } from './update.ts';

/** In the order in which a new user needs them. */
export const verbs: readonly (() => Command)[] = [
  devices,
  info,
  params,
  profile,
  mode,
  monitor,
  identify,
  tune,
  ab,
  latency,
  flash,
  update,
  image,
  recover,
  serve,
  server,
  boards,
  simulate,
  bound,
  cancel,
  sim,
  shell,
  parse,
  report,
  completion,
];
