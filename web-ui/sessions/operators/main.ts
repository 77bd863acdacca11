import { startTheme } from '../../src/theme.ts';
import { api } from '../shared/api-client.ts';
import './operators-page.ts';

startTheme();
void api.resume();
