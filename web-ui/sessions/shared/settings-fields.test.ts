import { describe, expect, it } from 'vitest';
import {
  algorithms,
  checkSettings,
  defaultSettings,
  settingLimits,
} from '../../../host/sessions/protocol/index.ts';
import { fieldOf, settingFields, sliderOf, withConsequences } from './settings-fields.ts';

describe('settings of the form', () => {
  it('asks for every setting, within the protocol’s limits', () => {
    expect(Object.keys(settingFields).sort()).toEqual(Object.keys(defaultSettings).sort());
    for (const name of Object.keys(settingLimits) as (keyof typeof settingLimits)[])
      expect(settingFields[name]).toMatchObject(settingLimits[name]);
  });

  it('keeps what the server takes when algorithm or channels change', () => {
    for (const algorithm of algorithms)
      for (const channels of [1, 2] as const)
        for (const taps of [16, 528, 1024, 4096]) {
          const wanted = withConsequences({ ...defaultSettings, algorithm, channels, taps });
          expect(checkSettings(wanted)).toBeNull();
        }
  });

  it('has a slider that comes back to where it was, and ends at the limits', () => {
    for (const name of ['taps', 'stepSize', 'intensity', 'delay', 'bufferSize'] as const) {
      const field = fieldOf(name, { ...defaultSettings, algorithm: 'nlms' });
      if (field.kind !== 'number') throw new Error(`${name} is no number`);
      const slider = sliderOf(field);
      expect(slider.toValue(0)).toBe(field.min);
      expect(slider.toValue(slider.positions)).toBe(field.max);
      const value = defaultSettings[name];
      expect(slider.toValue(slider.toPosition(value)) / value).toBeCloseTo(1, 1);
    }
  });
});
