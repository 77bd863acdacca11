#include "dsp/fir.h"

#include "dsp/fixed.h"
#ifdef ANC_X86_CLONES
#include "dsp/avx2.h"
#endif

int64_t anc_fir_wide(const int16_t *x, const int32_t *w, size_t n) {
#ifdef ANC_X86_CLONES
    if (n % 8 == 0 && __builtin_cpu_supports("avx2")) return anc_avx2_fir_wide(x, w, n);
#endif
    int64_t sum = 0;
    /* |sum| <= n * 2^15 * 2^31 <= 2^56 for n <= 2^10 */
    for (size_t i = 0; i < n; i++)
        sum = macQ15W(sum, x[i], w[i]);
    return sum;
}
