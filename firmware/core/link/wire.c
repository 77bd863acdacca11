#include "link/wire.h"

#include <string.h>

enum { VARINT = 0, FIXED64 = 1, DELIMITED = 2, FIXED32 = 5, MAX_STRING_BYTES = 63 };

static void put(wire_writer_t *w, const uint8_t *bytes, size_t n) {
    if (w->overflow || n > w->capacity - w->n) {
        w->overflow = true;
        return;
    }
    if (n > 0) memcpy(w->bytes + w->n, bytes, n);
    w->n += n;
}

static size_t varint(uint64_t value, uint8_t out[10]) {
    size_t n = 0;
    for (; value >= 0x80; value >>= 7)
        out[n++] = (uint8_t)(value | 0x80);
    out[n++] = (uint8_t)value;
    return n;
}

static void put_varint(wire_writer_t *w, uint64_t value) {
    uint8_t bytes[10];
    put(w, bytes, varint(value, bytes));
}

static uint32_t zigzag(int32_t value) {
    return value < 0 ? ~((uint32_t)value << 1) : (uint32_t)value << 1;
}

int32_t wire_unzigzag(uint64_t value) {
    const uint32_t half = (uint32_t)value >> 1;
    return value & 1 ? -(int32_t)half - 1 : (int32_t)half;
}

void wire_u64(wire_writer_t *w, uint32_t field, uint64_t value) {
    if (value == 0) return;
    put_varint(w, (uint64_t)field << 3 | VARINT);
    put_varint(w, value);
}

void wire_i32(wire_writer_t *w, uint32_t field, int32_t value) {
    wire_u64(w, field, zigzag(value));
}

void wire_bytes(wire_writer_t *w, uint32_t field, const uint8_t *bytes, size_t n) {
    if (n == 0) return;
    put_varint(w, (uint64_t)field << 3 | DELIMITED);
    put_varint(w, n);
    put(w, bytes, n);
}

void wire_string(wire_writer_t *w, uint32_t field, const char *text) {
    size_t n = 0;
    while (n < MAX_STRING_BYTES && text[n] != '\0')
        n++;
    wire_bytes(w, field, (const uint8_t *)text, n);
}

static void put_packed_head(wire_writer_t *w, uint32_t field, size_t n) {
    put_varint(w, (uint64_t)field << 3 | DELIMITED);
    put_varint(w, n);
}

void wire_packed_u32(wire_writer_t *w, uint32_t field, const uint32_t *values, size_t n) {
    uint8_t bytes[10];
    size_t size = 0;
    for (size_t i = 0; i < n; i++)
        size += varint(values[i], bytes);
    if (n > 0) put_packed_head(w, field, size);
    for (size_t i = 0; i < n; i++)
        put_varint(w, values[i]);
}

void wire_packed_i32(wire_writer_t *w, uint32_t field, const int32_t *values, size_t n) {
    uint8_t bytes[10];
    size_t size = 0;
    for (size_t i = 0; i < n; i++)
        size += varint(zigzag(values[i]), bytes);
    if (n > 0) put_packed_head(w, field, size);
    for (size_t i = 0; i < n; i++)
        put_varint(w, zigzag(values[i]));
}

bool wire_next_packed(wire_reader_t *reader, uint64_t *value) {
    if (reader->bad || reader->at == reader->n) return false;
    *value = 0;
    for (unsigned shift = 0; shift < 70 && reader->at < reader->n; shift += 7) {
        const uint8_t byte = reader->bytes[reader->at++];
        if (shift == 63 && byte > 1) break; /* more than 64 bits */
        *value |= (uint64_t)(byte & 0x7f) << shift;
        if (byte < 0x80) return true;
    }
    reader->bad = true;
    return false;
}

/* n bytes of the body, or NULL and bad. */
static const uint8_t *take(wire_reader_t *reader, uint64_t n) {
    if (n > reader->n - reader->at) {
        reader->bad = true;
        return NULL;
    }
    const uint8_t *bytes = reader->bytes + reader->at;
    reader->at += (size_t)n;
    return bytes;
}

bool wire_next(wire_reader_t *reader, wire_field_t *field) {
    uint64_t key, length;
    if (!wire_next_packed(reader, &key)) return false;
    *field = (wire_field_t){.id = (uint32_t)(key >> 3)};
    /* Field numbers have 29 bits and start at 1. */
    if (key >> 32 != 0 || field->id == 0) reader->bad = true;
    switch (key & 7) {
    case VARINT:
        if (!wire_next_packed(reader, &field->value)) reader->bad = true;
        break;
    case FIXED64:
        take(reader, 8);
        break;
    case FIXED32:
        take(reader, 4);
        break;
    case DELIMITED:
        if (!wire_next_packed(reader, &length)) {
            reader->bad = true;
            break;
        }
        field->delimited = true;
        field->bytes = take(reader, length);
        field->n = field->bytes ? (size_t)length : 0;
        break;
    default:
        reader->bad = true;
    }
    return !reader->bad;
}
