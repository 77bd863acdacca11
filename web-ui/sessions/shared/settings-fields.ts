import {
  type Algorithm,
  algorithms,
  chunkSamples,
  type SessionSettings,
  sampleRateHz,
  settingLimits,
} from '../../../host/sessions/protocol/index.ts';

export type SettingName = keyof SessionSettings;

export interface NumberField {
  readonly kind: 'number';
  readonly label: string;
  readonly unit: string;
  readonly min: number;
  readonly max: number;
  readonly step: number;
  /** the slider’s positions are a logarithmic scale */
  readonly logarithmic?: boolean;
  /** the value in words, behind the field */
  words?(value: number): string;
}

interface ChoiceField {
  readonly kind: 'choice';
  readonly label: string;
  readonly options: readonly { readonly value: string; readonly text: string }[];
}

interface SwitchField {
  readonly kind: 'switch';
  readonly label: string;
}

export type Field = NumberField | ChoiceField | SwitchField;

const milliseconds = (samples: number) => `${((1000 * samples) / sampleRateHz).toFixed(1)} ms`;
const algorithmTexts: Readonly<Record<Algorithm, string>> = {
  fdaf: 'FDAF: frequency domain',
  nlms: 'NLMS: single precision',
  'nlms-q31': 'NLMS: 32-bit fixed point',
  'nlms-q15': 'NLMS: 16-bit fixed point',
};

/** How each setting is asked for; the limits are the protocol’s. */
export const settingFields: Readonly<Record<SettingName, Field>> = {
  algorithm: {
    kind: 'choice',
    label: 'Algorithm',
    options: algorithms.map((value) => ({ value, text: algorithmTexts[value] })),
  },
  channels: {
    kind: 'choice',
    label: 'Channels',
    options: [
      { value: '1', text: 'mono: one microphone' },
      { value: '2', text: 'stereo: primary and reference' },
    ],
  },
  taps: {
    kind: 'number',
    label: 'Filter length',
    unit: 'taps',
    ...settingLimits.taps,
    step: 16,
    words: milliseconds,
  },
  stepSize: {
    kind: 'number',
    label: 'Step size',
    unit: 'µ',
    ...settingLimits.stepSize,
    step: 0.0001,
    logarithmic: true,
  },
  intensity: {
    kind: 'number',
    label: 'Intensity',
    unit: '0…1',
    ...settingLimits.intensity,
    step: 0.01,
    words: (value) => `${Math.round(100 * value)} % of the noise`,
  },
  delay: {
    kind: 'number',
    label: 'Delay Δ',
    unit: 'samples',
    ...settingLimits.delay,
    step: 1,
    logarithmic: true,
    words: milliseconds,
  },
  bufferSize: {
    kind: 'number',
    label: 'Buffer size',
    unit: 'chunks',
    ...settingLimits.bufferSize,
    step: 1,
    words: (value) => milliseconds(value * chunkSamples),
  },
  bypassMl: { kind: 'switch', label: 'Leave out the classification of the noise' },
  sampleFormat: {
    kind: 'choice',
    label: 'Sample format',
    options: [
      { value: 'float32', text: 'float32: 196 kB/s a channel' },
      { value: 'int16', text: 'int16: 98 kB/s a channel' },
    ],
  },
};

/** FDAF’s filter is whole blocks long. */
export function fieldOf(name: SettingName, { algorithm }: SessionSettings): Field {
  const field = settingFields[name];
  const isBlocks = name === 'taps' && algorithm === 'fdaf' && field.kind === 'number';
  return isBlocks ? { ...field, min: chunkSamples, step: chunkSamples } : field;
}

const mostFixedPointTaps = 1024;
const isFixedPoint = (algorithm: Algorithm) => algorithm === 'nlms-q31' || algorithm === 'nlms-q15';

/** What goes along with a change so that the settings still fit each other. */
export function withConsequences(settings: SessionSettings): SessionSettings {
  const { channels, taps } = settings;
  const algorithm =
    channels === 1 && isFixedPoint(settings.algorithm) ? 'nlms' : settings.algorithm;
  if (algorithm === 'fdaf') {
    const blocks = Math.max(1, Math.round(taps / chunkSamples));
    return { ...settings, algorithm, taps: blocks * chunkSamples };
  }
  const most = isFixedPoint(algorithm) ? mostFixedPointTaps : settingLimits.taps.max;
  return { ...settings, algorithm, taps: Math.min(most, taps) };
}

const positions = 400;

/** A slider’s position for a value, 0…400, and back. */
export function sliderOf({ min, max, step, logarithmic }: NumberField) {
  const round = (value: number) => Number((Math.round(value / step) * step).toPrecision(6));
  return {
    positions,
    toPosition: (value: number) =>
      logarithmic
        ? Math.round((positions * Math.log(value / min)) / Math.log(max / min))
        : Math.round((positions * (value - min)) / (max - min)),
    toValue: (position: number) => {
      const share = position / positions;
      const value = logarithmic ? min * (max / min) ** share : min + share * (max - min);
      return Math.max(min, Math.min(max, round(value)));
    },
  };
}
