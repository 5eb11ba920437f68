/*
 * cases.h - frames in files, with what they mean: lines of hex (or, after "<", of text
 * with <CR>, <LF>, <STX> ...) and behind them "= " and one line of what the frame says.
 * Every frame is also cut short and damaged, byte by byte.
 */
#include "meterpost/base/text.h"
#include "meterpost/protocol/frame.h"

#include <criterion/criterion.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define LINE_BYTES (64 * 1024)

/* "reply 91 000000000161 read; 00010000 1-0:1.8.0 0.26 kWh" */
static inline void
frame_summary(const struct frame *f, char *out, size_t size)
{
    static const char *const states[] = {"", "?", "absent", "broken"};
    struct text t;
    char time[FRAME_ID_MAX];

    text_init(&t, out, size);
    if (f->fault != FRAME_VALID) {
        text_addf(&t, "fault %s", frame_fault_name(f->fault));
        return;
    }
    text_addf(&t, "%s %s %s", frame_direction_name(f->direction), f->control, f->address);
    if (f->function != NULL)
        text_addf(&t, " %s", f->function);
    if (f->maker[0] != '\0' || f->serial[0] != '\0')
        text_addf(&t, " [%s %s]", f->maker, f->serial);
    if (f->medium != NULL)
        text_addf(&t, " %s", f->medium);
    if (f->exception[0] != '\0')
        text_addf(&t, " !%s", f->exception);
    if (f->follows)
        text_add(&t, " follows");
    if (f->sequence >= 0)
        text_addf(&t, " #%d", f->sequence);
    if (f->relay != FRAME_RELAY_NONE)
        text_addf(&t, " relay %s", frame_relay_name(f->relay));
    if (f->valve != FRAME_VALVE_NONE)
        text_addf(&t, " valve %s", frame_valve_name(f->valve));
    if (f->time.year != 0)
        text_addf(&t, " at %s", frame_time_print(&f->time, time));
    if (f->note[0] != '\0')
        text_addf(&t, " (%s)", f->note);
    for (int i = 0; i < f->n_values; i++) {
        const struct frame_value *v = &f->values[i];

        text_addf(&t, "; %s", v->id);
        if (v->obis[0] != '\0')
            text_addf(&t, " %s", v->obis);
        text_addf(&t, " %s", v->state == FRAME_GIVEN ? v->text : states[v->state]);
        if (v->unit[0] != '\0')
            text_addf(&t, " %s", v->unit);
        if (v->time.year != 0)
            text_addf(&t, " at %s", frame_time_print(&v->time, time));
        if (v->note[0] != '\0')
            text_addf(&t, " (%s)", v->note);
    }
}

/* "<CR>" and the like to the byte; everything else as it is. */
static inline size_t
text_bytes(const char *text, uint8_t *out)
{
    static const struct {
        const char *word;
        uint8_t byte;
    } marks[] = {{"<CR>", 13}, {"<LF>", 10}, {"<STX>", 2},  {"<ETX>", 3},
                 {"<SOH>", 1}, {"<ACK>", 6}, {"<NAK>", 21}, {"<EOT>", 4}};
    size_t n = 0;

    while (*text != '\0') {
        size_t i = 0, known = sizeof(marks) / sizeof(marks[0]);
        unsigned byte;

        while (i < known && strncmp(text, marks[i].word, strlen(marks[i].word)) != 0)
            i++;
        if (i < known) {
            out[n++] = marks[i].byte;
            text += strlen(marks[i].word);
        } else if (sscanf(text, "<%2X>", &byte) == 1 && text[0] == '<' && text[3] == '>') {
            out[n++] = (uint8_t)byte;
            text += 4;
        } else {
            out[n++] = (uint8_t)*text++;
        }
    }
    return n;
}

/* Whatever comes out must be in order: a fault has a name and a reason, texts end. */
static inline void
check_sane(const struct frame *f, const char *what)
{
    bool good = f->fault == FRAME_VALID ? true : f->note[0] != '\0' && f->n_values == 0;

    cr_expect(good, "%s: a fault without reason, or with values", what);
    cr_expect(f->n_values >= 0 && f->n_values <= FRAME_VALUES_MAX, "%s", what);
}

/* Copies of exact size on the heap, so that a byte too far is seen by the sanitizer. */
static inline bool
decode_copy(enum conf_protocol protocol, const uint8_t *bytes, size_t n, struct frame *f)
{
    uint8_t *copy = malloc(n > 0 ? n : 1);
    bool good;

    memcpy(copy, bytes, n);
    good = frame_decode(protocol, copy, n, f);
    free(copy);
    cr_expect_eq(good, f->fault == FRAME_VALID);
    check_sane(f, "a damaged frame");
    return good;
}

/* Every beginning of the frame, and every byte of it changed in some ways. */
static inline void
damage_all(enum conf_protocol protocol, const uint8_t *bytes, size_t n, struct frame *f)
{
    static const uint8_t changes[] = {0x01, 0x10, 0x80, 0xFF};
    uint8_t *copy = malloc(n > 0 ? n : 1);

    for (size_t i = 0; i < n; i++) {
        decode_copy(protocol, bytes, i, f);
        for (size_t j = 0; j < sizeof(changes); j++) {
            memcpy(copy, bytes, n);
            copy[i] ^= changes[j];
            decode_copy(protocol, copy, n, f);
        }
    }
    free(copy);
}

/* Each case of a file; with METERPOST_SHOW=1 in the environment what comes out instead. */
static inline void
run_cases(enum conf_protocol protocol, const char *path)
{
    char *line = malloc(LINE_BYTES), *got = malloc(LINE_BYTES);
    uint8_t *bytes = malloc(LINE_BYTES);
    struct frame *f = malloc(sizeof(*f));
    FILE *file = fopen(path, "r");
    size_t n = 0;
    int cases = 0, number = 0;

    cr_assert_not_null(file, "%s", path);
    while (fgets(line, LINE_BYTES, file) != NULL) {
        number++;
        line[strcspn(line, "\n")] = '\0';
        if (line[0] == '#' || line[0] == '\0')
            continue;
        if (line[0] == '<') {
            n += text_bytes(line + 2, bytes + n);
            continue;
        }
        if (line[0] != '=') {
            long more = hex_parse(line, bytes + n, LINE_BYTES - n);

            cr_assert_geq(more, 0, "%s:%d: no hex", path, number);
            n += (size_t)more;
            continue;
        }
        frame_decode(protocol, bytes, n, f);
        check_sane(f, path);
        frame_summary(f, got, LINE_BYTES);
        if (getenv("METERPOST_SHOW") != NULL)
            fprintf(stderr, "%d= %s\n", number, got);
        else
            cr_expect_str_eq(got, line + 2, "%s:%d: got\n%s\nwant\n%s", path, number, got,
                             line + 2);
        damage_all(protocol, bytes, n, f);
        n = 0;
        cases++;
    }
    cr_expect_gt(cases, 0, "%s: no cases", path);
    fclose(file);
    free(f);
    free(bytes);
    free(got);
    free(line);
}

/* A request that was built, against its bytes in hex. */
static inline void
expect_bytes(const char *what, bool built, const struct err *e, const struct frame_bytes *b,
             const char *hex)
{
    char got[2 * FRAME_BYTES_MAX + 1], want[2 * FRAME_BYTES_MAX + 1];
    uint8_t bytes[FRAME_BYTES_MAX];
    long n = hex_parse(hex, bytes, sizeof(bytes));

    cr_assert_geq(n, 0);
    cr_expect(built, "%s: %s", what, built ? "" : e->text);
    if (!built)
        return;
    hex_print(b->at, b->n, got);
    hex_print(bytes, (size_t)n, want);
    cr_expect_str_eq(got, want, "%s: got %s, want %s", what, got, want);
}
