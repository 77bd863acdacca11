import type { Response } from 'express';
import type { Session as Login } from '../../accounts/index.ts';
import { limitAccount } from '../middleware/rate-limit.ts';
import { type AnyRoute, type Call, route } from '../route.ts';
import * as schema from '../schemas/users.ts';
import type { Services } from '../services.ts';
