/* The vectors of firmware/protocol/vectors, C side; host/link/src/vectors.test.ts is the other one.
 */
#include <cjson/cJSON.h>
#include <string.h>

#include "link/cobs.h"
#include "link/crc32.h"
#include "link/frame.h"
#include "link/wire.h"
#include "support/expect.h"

enum { MAX_BYTES = 1 << 14 };

typedef struct {
    uint8_t bytes[MAX_BYTES];
    size_t n;
} blob_t;

static const char *file; /* and case, for whoever reads a failure */

static const cJSON *item(const cJSON *parent, const char *name) {
    return cJSON_GetObjectItemCaseSensitive(parent, name);
}

static blob_t blob(const cJSON *parent, const char *name) {
    static const char digits[] = "0123456789abcdef";
    blob_t b = {.n = 0};
    const cJSON *text = item(parent, name);
    EXPECT(cJSON_IsString(text));
    for (const char *at = text->valuestring; *at; at += 2) {
        EXPECT(b.n < MAX_BYTES && at[1]);
        b.bytes[b.n++] =
            (uint8_t)((strchr(digits, at[0]) - digits) << 4 | (strchr(digits, at[1]) - digits));
    }
    return b;
}

static void test_crc(const cJSON *c) {
    const blob_t b = blob(c, "hex");
    const uint32_t crc = (uint32_t)strtoul(item(c, "crc")->valuestring, NULL, 16);
    EXPECT_EQ(link_crc32(0, b.bytes, b.n), crc);
    /* in two pieces */
    EXPECT_EQ(link_crc32(link_crc32(0, b.bytes, b.n / 2), b.bytes + b.n / 2, b.n - b.n / 2), crc);
}

static void test_cobs(const cJSON *c) {
    const blob_t encoded = blob(c, "encoded");
    blob_t decoded = encoded;
    const bool good = link_cobs_decode(decoded.bytes, &decoded.n);
    EXPECT_EQ(good, !cJSON_IsTrue(item(c, "malformed")));
    if (!good) return;
    const blob_t plain = blob(c, "hex");
    EXPECT(decoded.n == plain.n && memcmp(decoded.bytes, plain.bytes, plain.n) == 0);
    blob_t again;
    again.n = link_cobs_encode(plain.bytes, plain.n, again.bytes);
    EXPECT(again.n <= LINK_COBS_BYTES(plain.n));
    EXPECT(again.n == encoded.n && memcmp(again.bytes, encoded.bytes, again.n) == 0);
}

static void expect_frame(const link_frame_t *frame, const cJSON *expected) {
    EXPECT(expected != NULL);
    EXPECT_EQ(frame->kind, item(expected, "kind")->valueint);
    EXPECT_EQ(frame->message, item(expected, "message")->valueint);
    EXPECT_EQ(frame->sequence, item(expected, "sequence")->valueint);
    const blob_t body = blob(expected, "body");
    EXPECT_EQ(frame->bodyBytes, body.n);
    EXPECT(memcmp(frame->body, body.bytes, body.n) == 0);
}

static void test_frames(const cJSON *c) {
    const blob_t stream = blob(c, "hex");
    for (size_t piece = 1; piece <= stream.n; piece = piece * 3 + 1) {
        static link_decoder_t decoder;
        link_decoder_init(&decoder);
        const cJSON *expected = item(c, "frames")->child;
        for (size_t at = 0; at < stream.n; at += piece) {
            const uint8_t *bytes = stream.bytes + at;
            size_t n = stream.n - at < piece ? stream.n - at : piece;
            link_frame_t frame;
            while (link_decode(&decoder, &bytes, &n, &frame)) {
                expect_frame(&frame, expected);
                expected = expected->next;
            }
        }
        EXPECT(expected == NULL);
        EXPECT_EQ(decoder.damaged, item(c, "damaged")->valueint);
    }
}

static void test_body(const cJSON *c) {
    const blob_t b = blob(c, "hex");
    wire_reader_t reader = {.bytes = b.bytes, .n = b.n};
    wire_field_t field;
    const cJSON *expected = item(c, "fields") ? item(c, "fields")->child : NULL;
    while (wire_next(&reader, &field)) {
        if (cJSON_IsTrue(item(c, "malformed"))) continue;
        EXPECT(expected != NULL);
        EXPECT_EQ(field.id, (int64_t)item(expected, "id")->valuedouble);
        if (item(expected, "value")) {
            EXPECT(!field.delimited);
            EXPECT_EQ(field.value, strtoull(item(expected, "value")->valuestring, NULL, 10));
        } else if (item(expected, "hex")) {
            const blob_t bytes = blob(expected, "hex");
            EXPECT(field.delimited && field.n == bytes.n);
            EXPECT(memcmp(field.bytes, bytes.bytes, bytes.n) == 0);
        }
        expected = expected->next;
    }
    EXPECT_EQ(reader.bad, cJSON_IsTrue(item(c, "malformed")));
    EXPECT(expected == NULL);
}

static void run(const char *name, void (*test)(const cJSON *)) {
    char path[4096];
    static char text[1 << 18];
    snprintf(path, sizeof path, "%s/%s", ANC_VECTORS, name);
    file = name;
    FILE *f = fopen(path, "rb");
    EXPECT(f != NULL);
    text[fread(text, 1, sizeof text - 1, f)] = '\0';
    fclose(f);
    cJSON *json = cJSON_Parse(text);
    EXPECT(json != NULL);
    int count = 0;
    for (const cJSON *c = item(json, "cases")->child; c; c = c->next, count++) {
        fprintf(stderr, "%s: %s\n", file, item(c, "name")->valuestring);
        test(c);
    }
    EXPECT(count > 0);
    cJSON_Delete(json);
}

int main(void) {
    run("crc32.json", test_crc);
    run("cobs.json", test_cobs);
    run("frames.json", test_frames);
    run("bodies.json", test_body);
    return 0;
}
