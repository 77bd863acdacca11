#include "store/settings_store.h"

#include <string.h>

#include "link/crc32.h"
#include "link/little_endian.h"

static const uint32_t MAGIC = 0x53434e41; /* "ANCS" */
static const uint16_t FORMAT = 1;

enum {
    SECTOR_HEADER_BYTES = 16,
    MIN_SECTOR_BYTES = 256,
    HEADER = SETTINGS_RECORD_HEADER_BYTES,
    PIECE = SETTINGS_MAX_PROGRAM_BYTES, /* what goes to and from flash at a time: whole units */
};

static uint32_t padded(const settings_store_t *s, uint32_t n) {
    return (n + s->flash.programBytes - 1) & ~(s->flash.programBytes - 1);
}

static uint32_t record_bytes(const settings_store_t *s, uint32_t size) {
    return padded(s, HEADER + size);
}

static uint32_t piece_of(uint32_t left) {
    return left < PIECE ? left : PIECE;
}

static bool read_at(const settings_store_t *s, uint32_t sector, uint32_t offset, void *to,
                    uint32_t n) {
    return s->flash.read(s->flash.context, sector * s->flash.sectorBytes + offset, to, n);
}

/* Programs the bytes at `head` and `bytes` behind them as one padded run. */
static bool program(const settings_store_t *s, uint32_t sector, uint32_t offset,
                    const uint8_t *head, uint32_t headBytes, const uint8_t *bytes, uint32_t n) {
    uint8_t piece[PIECE];
    const uint32_t total = headBytes + n, end = padded(s, total);
    for (uint32_t at = 0; at < end;) {
        const uint32_t run = piece_of(end - at);
        const uint32_t address = sector * s->flash.sectorBytes + offset + at;
        for (uint32_t i = 0; i < run; i++, at++)
            piece[i] = at < headBytes ? head[at] : at < total ? bytes[at - headBytes] : 0xff;
        if (!s->flash.program(s->flash.context, address, piece, run)) return false;
    }
    return true;
}

static void put_record_header(uint8_t *header, unsigned key, const uint8_t *bytes, uint32_t n) {
    put_le(header, key, 2);
    put_le(header + 2, n, 2);
    put_le(header + 4, link_crc32(link_crc32(0, header, 4), bytes, n), 4);
}

typedef enum { WHOLE, DAMAGED, UNREADABLE } condition_t;

/* Of the record at an offset, whose header has been read. */
static condition_t check_record(const settings_store_t *s, uint32_t sector, uint32_t offset,
                                const uint8_t *header) {
    const uint32_t size = get_le(header + 2, 2);
    uint8_t piece[PIECE];
    uint32_t crc = link_crc32(0, header, 4);
    for (uint32_t at = 0; at < size;) {
        const uint32_t run = piece_of(size - at);
        if (!read_at(s, sector, offset + HEADER + at, piece, run)) return UNREADABLE;
        crc = link_crc32(crc, piece, run);
        at += run;
    }
    return crc == get_le(header + 4, 4) ? WHOLE : DAMAGED;
}

/* Whether the present sector is blank from an offset to its end. */
static condition_t check_blank(const settings_store_t *s, uint32_t offset) {
    uint8_t piece[PIECE];
    while (offset < s->flash.sectorBytes) {
        const uint32_t run = piece_of(s->flash.sectorBytes - offset);
        if (!read_at(s, s->sector, offset, piece, run)) return UNREADABLE;
        for (uint32_t i = 0; i < run; i++)
            if (piece[i] != 0xff) return DAMAGED;
        offset += run;
    }
    return WHOLE;
}

/* Finds each key's last whole record in the present sector, and their end. A damaged one is passed
 * over: those behind it are still good. */
static bool scan(settings_store_t *s) {
    uint32_t at = padded(s, SECTOR_HEADER_BYTES);
    while (at + HEADER <= s->flash.sectorBytes) {
        uint8_t header[HEADER];
        if (!read_at(s, s->sector, at, header, HEADER)) return false;
        const uint32_t key = get_le(header, 2), size = get_le(header + 2, 2);
        if (key >= SETTINGS_KEYS || record_bytes(s, size) > s->flash.sectorBytes - at) break;
        const condition_t condition = check_record(s, s->sector, at, header);
        if (condition == UNREADABLE) return false;
        if (condition == WHOLE)
            s->records[key] = (settings_record_t){.offset = size > 0 ? at : 0, .size = size};
        else
            s->torn = true;
        at += record_bytes(s, size);
    }
    s->end = at;
    const condition_t rest = check_blank(s, at);
    if (rest == DAMAGED) s->torn = true;
    return rest != UNREADABLE;
}

static void put_sector_header(const settings_store_t *s, uint32_t sequence, uint8_t *header) {
    put_le(header, MAGIC, 4);
    put_le(header + 4, FORMAT, 2);
    put_le(header + 6, s->flash.programBytes, 2);
    put_le(header + 8, sequence, 4);
    put_le(header + 12, link_crc32(0, header, 12), 4);
}

static bool power_of_two(uint32_t n) {
    return n > 0 && (n & (n - 1)) == 0;
}

bool settings_store_mount(settings_store_t *s, const flash_t *flash) {
    *s = (settings_store_t){.flash = *flash};
    if (flash->sectors < 2 || !power_of_two(flash->sectorBytes) ||
        flash->sectorBytes < MIN_SECTOR_BYTES || !power_of_two(flash->programBytes) ||
        flash->programBytes > SETTINGS_MAX_PROGRAM_BYTES)
        return false;
    for (uint32_t i = 0; i < flash->sectors; i++) {
        uint8_t header[SECTOR_HEADER_BYTES], ours[SECTOR_HEADER_BYTES];
        if (!read_at(s, i, 0, header, sizeof header)) return false;
        const uint32_t sequence = get_le(header + 8, 4);
        put_sector_header(s, sequence, ours);
        if (memcmp(header, ours, sizeof header) != 0 || sequence <= s->sequence) continue;
        s->sector = i;
        s->sequence = sequence;
    }
    return s->sequence == 0 || scan(s);
}

size_t settings_store_read(const settings_store_t *s, unsigned key, uint8_t *buffer,
                           size_t capacity) {
    uint8_t header[HEADER];
    if (key >= SETTINGS_KEYS) return 0;
    const settings_record_t record = s->records[key];
    if (record.offset == 0 || record.size > capacity ||
        !read_at(s, s->sector, record.offset, header, HEADER) ||
        !read_at(s, s->sector, record.offset + HEADER, buffer, record.size))
        return 0;
    const uint32_t crc = link_crc32(link_crc32(0, header, 4), buffer, record.size);
    return crc == get_le(header + 4, 4) ? record.size : 0;
}

/* Whether the record at an offset is this one. */
static bool holds(const settings_store_t *s, uint32_t sector, uint32_t offset, unsigned key,
                  const uint8_t *bytes, uint32_t n) {
    uint8_t piece[PIECE], header[HEADER];
    put_record_header(header, key, bytes, n);
    if (!read_at(s, sector, offset, piece, HEADER) || memcmp(piece, header, HEADER) != 0)
        return false;
    for (uint32_t at = 0; at < n;) {
        const uint32_t run = piece_of(n - at);
        if (!read_at(s, sector, offset + HEADER + at, piece, run) ||
            memcmp(piece, bytes + at, run) != 0)
            return false;
        at += run;
    }
    return true;
}

static bool is_stored(const settings_store_t *s, unsigned key, const uint8_t *bytes, uint32_t n) {
    const settings_record_t record = s->records[key];
    return record.offset == 0 ? n == 0 : holds(s, s->sector, record.offset, key, bytes, n);
}

/* Programs a record and reads it back. */
static bool put_record(const settings_store_t *s, uint32_t sector, uint32_t offset, unsigned key,
                       const uint8_t *bytes, uint32_t n) {
    uint8_t header[HEADER];
    put_record_header(header, key, bytes, n);
    return program(s, sector, offset, header, HEADER, bytes, n) &&
           holds(s, sector, offset, key, bytes, n);
}

/* Copies a record of the present sector to another. One that has been damaged since the mount
 * stays behind: *bytes is 0. */
static bool copy_record(const settings_store_t *s, unsigned key, uint32_t sector, uint32_t offset,
                        uint32_t *bytes) {
    const settings_record_t record = s->records[key];
    uint8_t header[HEADER], piece[PIECE];
    *bytes = 0;
    if (record.offset == 0) return true;
    if (!read_at(s, s->sector, record.offset, header, HEADER)) return false;
    if (get_le(header + 2, 2) != record.size) return true;
    const condition_t condition = check_record(s, s->sector, record.offset, header);
    if (condition != WHOLE) return condition == DAMAGED;
    *bytes = record_bytes(s, record.size);
    for (uint32_t at = 0; at < *bytes;) {
        const uint32_t run = piece_of(*bytes - at);
        const uint32_t address = sector * s->flash.sectorBytes + offset + at;
        if (!read_at(s, s->sector, record.offset + at, piece, run) ||
            !s->flash.program(s->flash.context, address, piece, run))
            return false;
        at += run;
    }
    return read_at(s, sector, offset, piece, HEADER) && memcmp(piece, header, HEADER) == 0 &&
           check_record(s, sector, offset, header) == WHOLE;
}

/* The present records and the new one go to another sector, which becomes the present one. */
static bool move_to(settings_store_t *s, uint32_t sector, unsigned key, const uint8_t *bytes,
                    uint32_t n) {
    settings_store_t next = *s;
    uint8_t header[SECTOR_HEADER_BYTES], back[SECTOR_HEADER_BYTES];
    next.sector = sector;
    next.sequence = s->sequence + 1;
    next.torn = false;
    next.end = padded(s, SECTOR_HEADER_BYTES);
    if (!s->flash.erase(s->flash.context, sector)) return false;
    for (unsigned k = 0; k < SETTINGS_KEYS; k++) {
        uint32_t taken = 0;
        if (k != key) {
            if (!copy_record(s, k, sector, next.end, &taken)) return false;
        } else if (n > 0) {
            if (!put_record(s, sector, next.end, key, bytes, n)) return false;
            next.records[k].size = n;
            taken = record_bytes(s, n);
        }
        next.records[k].offset = taken > 0 ? next.end : 0;
        next.end += taken;
    }
    put_sector_header(s, next.sequence, header);
    if (!program(s, sector, 0, header, sizeof header, NULL, 0) ||
        !read_at(s, sector, 0, back, sizeof back) || memcmp(header, back, sizeof back) != 0)
        return false;
    *s = next;
    return true;
}

/* What the present records take in a sector once this one is among them. */
static uint32_t bytes_with(const settings_store_t *s, unsigned key, uint32_t n) {
    uint32_t sum = padded(s, SECTOR_HEADER_BYTES) + (n > 0 ? record_bytes(s, n) : 0);
    for (unsigned k = 0; k < SETTINGS_KEYS; k++)
        if (k != key && s->records[k].offset > 0) sum += record_bytes(s, s->records[k].size);
    return sum;
}

bool settings_store_write(settings_store_t *s, unsigned key, const uint8_t *bytes, size_t n) {
    if (key >= SETTINGS_KEYS || n > UINT16_MAX) return false;
    const uint32_t size = (uint32_t)n;
    if (is_stored(s, key, bytes, size)) return true;
    if (bytes_with(s, key, size) > s->flash.sectorBytes) return false;
    if (s->sequence > 0 && !s->torn && record_bytes(s, size) <= s->flash.sectorBytes - s->end) {
        if (put_record(s, s->sector, s->end, key, bytes, size)) {
            s->records[key] = (settings_record_t){.offset = size > 0 ? s->end : 0, .size = size};
            s->end += record_bytes(s, size);
            return true;
        }
        s->torn = true;
    }
    for (uint32_t i = 1; i <= s->flash.sectors; i++) {
        const uint32_t sector = (s->sector + i) % s->flash.sectors;
        if (s->sequence > 0 && sector == s->sector) break; /* it holds what must stay */
        if (move_to(s, sector, key, bytes, size)) return true;
    }
    return false;
}
