import type { ParameterDescription, ParameterScalar } from '../../host/server/panel-protocol.ts';

const minus = '−';

export function signed(value: number, digits = 1): string {
  const text = value.toFixed(digits);
  return Number(text) === 0 ? text.replace('-', '') : text.replace('-', minus);
}

export function db(value: number | null, digits = 1): string {
  return value === null ? '–' : `${signed(value, digits)} dB`;
}

/** 'stepSize' → 'step size' */
export function words(name: string): string {
  return name
    .replace(/Db$/, '')
    .replace(/(Ms|Hz)$/, '')
    .replace(/([a-z])([A-Z])/g, '$1 $2')
    .toLowerCase();
}

/** '50-1000' → '50–1000 Hz' */
export function band(name: string): string {
  return name === 'broadband' ? 'broadband' : `${name.replace('-', '–')} Hz`;
}

export function scalar(value: ParameterScalar, parameter: ParameterDescription): string {
  if (typeof value !== 'number') return String(value);
  const unit = parameter.unit && parameter.unit !== '1' ? ` ${parameter.unit}` : '';
  return `${String(value).replace('-', minus)}${unit}`;
}

/** 65 → '1 min 5 s' */
export function duration(seconds: number): string {
  const whole = Math.max(0, Math.round(seconds));
  if (whole < 60) return `${whole} s`;
  if (whole < 3600) return `${Math.floor(whole / 60)} min ${whole % 60} s`;
  return `${Math.floor(whole / 3600)} h ${Math.floor((whole % 3600) / 60)} min`;
}

export function clock(timeMs: number): string {
  return new Date(timeMs).toLocaleTimeString([], { hour12: false });
}
