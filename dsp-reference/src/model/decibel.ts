/** 10^(2 i / 20) * 2^28, as in firmware/core/dsp/decibel.c */
const COARSE_Q28 = [
  268435456n,
  337940217n,
  425441527n,
  535599149n,
  674279380n,
  848867446n,
  1068660799n,
  1345364236n,
  1693713225n,
  2132258619n,
];

/** 10^(i / 200) * 2^30 */
const FINE_Q30 = [
  1073741824n,
  1086175168n,
  1098752484n,
  1111475438n,
  1124345717n,
  1137365027n,
  1150535093n,
  1163857662n,
  1177334498n,
  1190967389n,
  1204758142n,
  1218708583n,
  1232820564n,
  1247095953n,
  1261536644n,
  1276144550n,
  1290921607n,
  1305869775n,
  1320991034n,
  1336287389n,
];

/** anc_amplitude_from_decibel: 10^(tenths/200) * 2^fractionBits, saturated to int32. For set-up only (BigInt). */
export function amplitudeFromDecibel(tenths: number, fractionBits: number): number {
  const clamped = Math.min(Math.max(tenths, -1000), 200);
  let decade = Math.floor((clamped + 1000) / 200);
  const rest = (clamped + 1000) % 200;
  let value = (COARSE_Q28[Math.floor(rest / 20)]! * FINE_Q30[rest % 20]! + 8n) >> 4n;
  for (; decade > 5; decade--) value *= 10n;
  for (; decade < 5; decade++) value = (value + 5n) / 10n;
  const shift = BigInt(54 - fractionBits);
  const rounded = (value + (1n << (shift - 1n))) >> shift;
  return rounded > 0x7fffffffn ? 0x7fffffff : Number(rounded);
}
