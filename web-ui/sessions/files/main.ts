import { startTheme } from '../../src/theme.ts';
import { api } from '../shared/api-client.ts';
import './files-page.ts';

startTheme();
void api.resume();
