/*
 * The part of the Protocol Buffers wire format that the link's bodies use: varints, zigzag,
 * length-delimited fields. Both sides are bounded and never trust a length.
 */
#ifndef ANC_LINK_WIRE_H
#define ANC_LINK_WIRE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

typedef struct {
    uint8_t *bytes;
    size_t capacity, n;
    bool overflow; /* something did not fit; the body is no good */
} wire_writer_t;

/* A value of 0, false or no bytes is not written: it is what an absent field means. */
void wire_u64(wire_writer_t *w, uint32_t field, uint64_t value);
void wire_i32(wire_writer_t *w, uint32_t field, int32_t value);
void wire_bytes(wire_writer_t *w, uint32_t field, const uint8_t *bytes, size_t n);
/* At most 63 bytes of the text are written. */
void wire_string(wire_writer_t *w, uint32_t field, const char *text);
void wire_packed_u32(wire_writer_t *w, uint32_t field, const uint32_t *values, size_t n);
void wire_packed_i32(wire_writer_t *w, uint32_t field, const int32_t *values, size_t n);

typedef struct {
    const uint8_t *bytes;
    size_t n, at;
    bool bad; /* malformed; wire_next has returned false because of it */
} wire_reader_t;

/* Bytes of length-delimited fields; `value` of the others (fixed ones are skipped over, value 0).
 */
typedef struct {
    uint32_t id;
    bool delimited;
    uint64_t value;
    const uint8_t *bytes;
    size_t n;
} wire_field_t;

/* The next field; false at the end or when the rest is malformed (reader->bad). */
bool wire_next(wire_reader_t *reader, wire_field_t *field);

/* The next varint of a packed field's bytes; same rules. */
bool wire_next_packed(wire_reader_t *reader, uint64_t *value);

int32_t wire_unzigzag(uint64_t value);

#endif
