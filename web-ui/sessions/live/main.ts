import { startTheme } from '../../src/theme.ts';
import { api } from '../shared/api-client.ts';
import './live-page.ts';

startTheme();
void api.resume();
