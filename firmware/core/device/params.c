#include "device/params.h"

#include <string.h>

#include "link/crc32.h"
#include "link/little_endian.h"

static const uint32_t MAGIC = 0x50434e41; /* "ANCP" */

void params_init(params_t *p) {
    for (int i = 0; i < PARAM_COUNT; i++)
        p->values[i] = p->stored[i] = paramTable[i].initial;
    p->storeValid = false;
}

int params_by_id(uint32_t id) {
    for (int i = 0; i < PARAM_COUNT; i++)
        if (paramTable[i].id == id) return i;
    return PARAMS_NONE;
}

int params_by_name(const char *name) {
    for (int i = 0; i < PARAM_COUNT; i++)
        if (strcmp(paramTable[i].name, name) == 0) return i;
    return PARAMS_NONE;
}

bool params_set(params_t *p, int index, int32_t raw, int32_t *taken) {
    const param_info_t *info = &paramTable[index];
    if (raw < info->min || raw > info->max) return false;
    const int64_t step = info->step, above = (int64_t)raw - info->min;
    int64_t value = info->min + (above + step / 2) / step * step;
    if (value > info->max) value -= step;
    *taken = p->values[index] = (int32_t)value;
    return true;
}

static bool parse_word(const char *const *words, const char *text, int32_t last, int32_t *raw) {
    for (int32_t i = 0; i <= last; i++) {
        if (strcmp(words[i], text) == 0) {
            *raw = i;
            return true;
        }
    }
    return false;
}

/* A decimal number with at most `decimals` digits after the point that are not zero. */
static bool parse_decimal(const char *text, unsigned decimals, int32_t *raw) {
    const bool negative = *text == '-';
    if (negative) text++;
    int64_t value = 0;
    unsigned digits = 0, fraction = 0;
    bool point = false;
    for (; *text != '\0'; text++) {
        if (*text == '.' && !point) {
            point = true;
            continue;
        }
        if (*text < '0' || *text > '9') return false;
        digits++;
        if (point && fraction == decimals) {
            if (*text != '0') return false;
            continue;
        }
        value = value * 10 + (*text - '0');
        if (value > INT32_MAX) return false;
        if (point) fraction++;
    }
    for (; fraction < decimals; fraction++)
        value *= 10;
    if (digits == 0 || value > INT32_MAX) return false;
    *raw = (int32_t)(negative ? -value : value);
    return true;
}

bool params_parse(int index, const char *text, int32_t *raw) {
    static const char *const booleans[] = {"false", "true"};
    const param_info_t *info = &paramTable[index];
    if (info->type == PARAM_TYPE_BOOL) return parse_word(booleans, text, 1, raw);
    if (info->type == PARAM_TYPE_ENUM) return parse_word(info->values, text, info->max, raw);
    return parse_decimal(text, info->decimals, raw);
}

size_t params_serialise(const params_t *p, uint8_t *out) {
    size_t n = 8;
    uint32_t count = 0;
    for (int i = 0; i < PARAM_COUNT; i++) {
        if (!paramTable[i].persistent) continue;
        put_le(out + n, paramTable[i].id, 2);
        put_le(out + n + 2, (uint32_t)p->values[i], 4);
        n += 6;
        count++;
    }
    put_le(out, MAGIC, 4);
    put_le(out + 4, PARAMS_FORMAT, 2);
    put_le(out + 6, count, 2);
    put_le(out + n, link_crc32(0, out, n), 4);
    return n + 4;
}

static bool whole(const uint8_t *bytes, size_t n) {
    if (n < 12 || get_le(bytes, 4) != MAGIC) return false;
    const size_t expected = 8 + 6 * (size_t)get_le(bytes + 6, 2) + 4;
    return n == expected && link_crc32(0, bytes, n - 4) == get_le(bytes + n - 4, 4);
}

bool params_load_from(params_t *p, const uint8_t *bytes, size_t n, uint16_t format,
                      const params_change_t *changes) {
    if (!whole(bytes, n)) return false;
    const uint16_t storedFormat = (uint16_t)get_le(bytes + 4, 2);
    if (storedFormat == 0 || storedFormat > format) return false;
    params_init(p);
    for (const uint8_t *entry = bytes + 8; entry < bytes + n - 4; entry += 6) {
        uint32_t id = get_le(entry, 2);
        int32_t raw = (int32_t)get_le(entry + 2, 4);
        if (!params_migrate(changes, storedFormat, &id, &raw)) continue;
        const int i = params_by_id(id);
        if (i == PARAMS_NONE || !paramTable[i].persistent) continue;
        if (params_set(p, i, raw, &raw)) p->stored[i] = raw;
    }
    p->storeValid = true;
    return true;
}

bool params_load(params_t *p, const uint8_t *bytes, size_t n) {
    return params_load_from(p, bytes, n, PARAMS_FORMAT, paramsChanges);
}

void params_stored(params_t *p) {
    for (int i = 0; i < PARAM_COUNT; i++)
        if (paramTable[i].persistent) p->stored[i] = p->values[i];
    p->storeValid = true;
}
