export * from './audio-frame.ts';
export * from './check-settings.ts';
export * from './messages.ts';
export * from './settings.ts';
