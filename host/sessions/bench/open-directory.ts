import type { AdmittedSession, SessionDirectory } from '../live/index.ts';
import { type SessionSettings, defaultSettings } from '../protocol/index.ts';

/** Lets everybody in and keeps nothing: what is measured is the audio. */
export class OpenDirectory implements SessionDirectory {
  /** of the sessions that are opened from now on */
  sessionSettings: SessionSettings = defaultSettings;

  async admit(sessionId: string): Promise<AdmittedSession> {
    const settings = this.sessionSettings;
    return { sessionId, userId: 'load', settings, ranBefore: false, chunksBefore: 0 };
  }

  async progress(): Promise<null> {
    return null;
  }

  async settings(): Promise<void> {}
  async noise(): Promise<void> {}
  async ended(): Promise<void> {}
}
