export * from './audio-frame.ts';
export * from './messages.ts';
export * from './settings.ts';
