#include "dsp/decibel.h"

#include "dsp/fixed.h"

/* 10^(2 i / 20) * 2^28: steps of 2 dB over one decade of amplitude */
static const int32_t coarse_q28[10] = {
    268435456, 337940217,  425441527,  535599149,  674279380,
    848867446, 1068660799, 1345364236, 1693713225, 2132258619,
};

/* 10^(i / 200) * 2^30: steps of 0.1 dB */
static const int32_t fine_q30[20] = {
    1073741824, 1086175168, 1098752484, 1111475438, 1124345717, 1137365027, 1150535093,
    1163857662, 1177334498, 1190967389, 1204758142, 1218708583, 1232820564, 1247095953,
    1261536644, 1276144550, 1290921607, 1305869775, 1320991034, 1336287389,
};

int32_t anc_amplitude_from_decibel(int32_t tenths, int32_t fractionBits) {
    tenths = clamp32(tenths, -1000, 200);
    int32_t decade = (tenths + 1000) / 200; /* 0..6; the decade of 0 dB is 5 */
    int32_t rest = (tenths + 1000) % 200;
    /* < 2^32 * 2^31 = 2^63: coarse < 7.95 * 2^28, fine < 1.26 * 2^30, so the product is < 10.01 *
     * 2^58 < 2^62 */
    int64_t value =
        shrRound64(mulW(coarse_q28[rest / 20], fine_q30[rest % 20]), 4); /* Q54, < 2^58 */
    for (; decade > 5; decade--)
        value = mul64(value, 10); /* once: < 2^62 */
    for (; decade < 5; decade++)
        value = (value + 5) / 10;
    return sat32(shrRound64(value, 54 - fractionBits));
}
