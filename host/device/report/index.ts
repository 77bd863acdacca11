export { withoutHello } from './capture.ts';
export { failureFile, headsetFiles, hostFiles } from './collect.ts';
export type { ReportFile } from './collect.ts';
export { redactor, serialAlias } from './redact.ts';
export type { Private } from './redact.ts';
export { zip } from './zip.ts';
export type { ZipEntry } from './zip.ts';
