import type { ParameterDescription } from '../../host/server/panel-protocol.ts';

/** Positions of a slider, 0..`positions`, and the values they stand for. */
export interface SliderScale {
  readonly positions: number;
  toValue(position: number): number;
  toPosition(value: number): number;
}

/** A range of which the default is a hundredth is tuned near its lower end: there the slider is logarithmic. */
const logarithmicRatio = 50;
const logarithmicPositions = 400;
const curve = 1000;

export function sliderScale({
  min,
  max,
  step,
  decimals,
  default: initial,
}: ParameterDescription): SliderScale {
  const round = (value: number) => {
    const steps = Math.round((value - min) / step);
    return Number(Math.min(max, min + steps * step).toFixed(decimals));
  };
  const isLogarithmic =
    min === 0 && typeof initial === 'number' && initial > 0 && max / initial >= logarithmicRatio;
  if (!isLogarithmic) {
    const positions = Math.round((max - min) / step);
    return {
      positions,
      toValue: (position) => round(min + position * step),
      toPosition: (value) => Math.round((value - min) / step),
    };
  }
  return {
    positions: logarithmicPositions,
    toValue: (position) =>
      round((max * (curve ** (position / logarithmicPositions) - 1)) / (curve - 1)),
    toPosition: (value) =>
      Math.round(
        (logarithmicPositions * Math.log(1 + (value / max) * (curve - 1))) / Math.log(curve),
      ),
  };
}
