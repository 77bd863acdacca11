/* An overflow in a checking build ends the program: CTest expects the report that names this line.
 */
#include <stdlib.h>

#include "dsp/fixed.h"

int main(void) {
    int32_t largest = abs(-2147483647);
    return add32(largest, 1) == 0;
}
