import { startTheme } from '../theme.ts';
import './flash-page.ts';

startTheme();
