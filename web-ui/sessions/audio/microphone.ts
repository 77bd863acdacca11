import { PageError } from '../shared/page-error.ts';

export interface Microphone {
  readonly stream: MediaStream;
  readonly label: string;
  /** what the browser delivers, 1 or 2 */
  readonly channels: 1 | 2;
  /** as the browser reports it, ms; null when it does not */
  readonly latencyMs: number | null;
  /** what the browser does to the sound although it was asked not to */
  readonly processing: readonly string[];
  close(): void;
}

const off = { echoCancellation: false, noiseSuppression: false, autoGainControl: false } as const;

/**
 * @param deviceId null: the system’s default
 * @param channels that are needed
 * @throws PageError MICROPHONE_…
 */
export async function openMicrophone(
  deviceId: string | null,
  channels: 1 | 2,
): Promise<Microphone> {
  // Without a secure context, the browser hides the microphone from pages.
  const devices = navigator.mediaDevices as MediaDevices | undefined;
  if (!devices?.getUserMedia)
    throw new PageError('MICROPHONE_INSECURE', 'This browser gives the page no microphone.', {
      hint: 'Open the page by https, or from localhost.',
    });
  const stream = await devices
    .getUserMedia({
      audio: {
        ...off,
        channelCount: { ideal: 2 },
        ...(deviceId ? { deviceId: { exact: deviceId } } : {}),
      },
    })
    .catch((cause: unknown) => {
      throw refusalOf(cause);
    });
  const track = stream.getAudioTracks()[0]!;
  const settings = track.getSettings() as MediaTrackSettings & { latency?: number };
  const has = (settings.channelCount ?? 1) >= 2 ? 2 : 1;
  const close = () => stream.getTracks().forEach((each) => each.stop());
  if (has < channels) {
    close();
    throw new PageError('MICROPHONE_MONO', `${track.label || 'The microphone'} has one channel.`, {
      hint: 'Take a stereo microphone for primary and reference, or set the channels to mono.',
    });
  }
  const processing = Object.keys(off).filter((name) => settings[name as keyof typeof off] === true);
  return {
    stream,
    label: track.label || 'microphone',
    channels: has,
    latencyMs: settings.latency === undefined ? null : 1000 * settings.latency,
    processing,
    close,
  };
}

function refusalOf(cause: unknown): PageError {
  const { name, message } = cause as DOMException;
  if (name === 'NotAllowedError' || name === 'SecurityError')
    return new PageError('MICROPHONE_REFUSED', 'The page may not use the microphone.', {
      cause,
      hint: 'Allow it in the browser’s address bar, then start again.',
    });
  if (name === 'NotFoundError' || name === 'OverconstrainedError')
    return new PageError('MICROPHONE_NONE', 'There is no such microphone.', {
      cause,
      hint: 'Plug one in, or choose another one.',
    });
  if (name === 'NotReadableError')
    return new PageError('MICROPHONE_BUSY', `The microphone cannot be opened: ${message}`, {
      cause,
      hint: 'Another program may hold it; close that one.',
    });
  return new PageError('MICROPHONE_FAILED', `The microphone cannot be opened: ${message}`, {
    cause,
    hint: 'Choose another one, or load the page again.',
  });
}

/** The microphones there are; their names are only known once one has been allowed. */
export async function listMicrophones(): Promise<MediaDeviceInfo[]> {
  const all = (await navigator.mediaDevices?.enumerateDevices()) ?? [];
  return all.filter(({ kind, deviceId }) => kind === 'audioinput' && deviceId !== '');
}
