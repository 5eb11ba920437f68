/* notice.c - what a text of a mobile-money service says. */
#include "meterpost/base/text.h"
#include "notice_file.h"

#include <ctype.h>
#include <stdio.h>
#include <string.h>
#include <strings.h>
#include <time.h>

#define TEXT_MAX 2048 /* bytes of a notice; longer ones are none */

static const char *const kinds[] = {
    [NOTICE_UNKNOWN] = "unknown",
    [NOTICE_RECEIVED] = "received",
    [NOTICE_PAID_OUT] = "paid-out",
    [NOTICE_OTHER] = "other",
};

const char *
notice_kind_name(enum notice_kind kind)
{
    return kinds[kind];
}

static bool
has_sender(const struct notice_file *f, const char *sender)
{
    for (unsigned i = 0; i < f->senders_count; i++) {
        if (strcasecmp(f->senders[i], sender) == 0)
            return true;
    }
    return false;
}

bool
notices_sender(const struct notices *n, const char *sender)
{
    for (size_t i = 0; n != NULL && i < n->count; i++) {
        if (has_sender(n->list[i].file, sender))
            return true;
    }
    return false;
}

/* ---- the text as patterns see it ---- */

/* Digits of other scripts and spaces that look like one. */
static uint32_t
plain_point(uint32_t point)
{
    static const uint32_t zeros[] = {0x0660, 0x06F0, 0x0966, 0x09E6,
                                     0x1040, 0x17E0, 0xFF10};

    for (size_t i = 0; i < sizeof(zeros) / sizeof(zeros[0]); i++) {
        if (point >= zeros[i] && point <= zeros[i] + 9)
            return '0' + (point - zeros[i]);
    }
    if (point == '\n' || point == '\r' || point == '\t' || point == 0x00A0 ||
        point == 0x202F || point == 0x2009)
        return ' ';
    return point;
}

/* ASCII digits, every run of white space one space, none at the ends. */
static void
plain_text(const char *text, char out[TEXT_MAX])
{
    size_t n = strlen(text), used = 0;
    uint32_t point;
    int width;

    while (n > 0 && used + 5 < TEXT_MAX && (width = utf8_next(text, n, &point)) > 0) {
        text += width;
        n -= (size_t)width;
        point = plain_point(point);
        if (point == ' ' && (used == 0 || out[used - 1] == ' '))
            continue;
        used += (size_t)utf8_put(point, out + used);
    }
    while (used > 0 && out[used - 1] == ' ')
        used--;
    out[used] = '\0';
}

/* ---- the groups ---- */

/* A point at the end belongs to the sentence. */
static bool
read_amount(const struct pattern *p, int decimals, struct money *out, struct err *e)
{
    char raw[60];
    size_t n;

    if (!pattern_group(p, "amount", raw, sizeof(raw)))
        return err_set(e, FAIL_REJECT, "the amount is too long");
    for (n = strlen(raw); n > 0 && (raw[n - 1] == '.' || raw[n - 1] == ','); n--)
        raw[n - 1] = '\0';
    return amount_parse(raw, '.', decimals, out, e) &&
           (out->minor > 0 || err_set(e, FAIL_REJECT, "'%s' cannot be an amount", raw));
}

/* Masked numbers ("0720***167") say nothing. */
static void
read_phone(const struct pattern *p, const char *country_code, char out[PHONE_MAX])
{
    char raw[40];
    struct phone phone;
    struct err e;

    *out = '\0';
    if (!pattern_group(p, "phone", raw, sizeof(raw)) || *raw == '\0')
        return;
    if (*country_code == '\0') { /* an example: as written */
        text_clip(out, PHONE_MAX, raw);
        return;
    }
    if (phone_parse(raw, country_code, &phone, &e) && phone.kind == PHONE_E164)
        text_copy(out, PHONE_MAX, phone.text);
}

static bool
read_time(const struct pattern *p, const char *format, utc_t *out, struct err *e)
{
    char date[40], clock[40], both[82];
    struct tm tm = {.tm_mday = 1};
    const char *end;

    *out = 0;
    if (format == NULL || *format == '\0')
        return true;
    pattern_group(p, "date", date, sizeof(date));
    pattern_group(p, "time", clock, sizeof(clock));
    snprintf(both, sizeof(both), "%s%s%s", date, *clock == '\0' ? "" : " ", clock);
    end = strptime(both, format, &tm);
    tm.tm_sec = 0;
    if (end == NULL || *end != '\0' || !clock_from_tm(&tm, out))
        return err_set(e, FAIL_REJECT, "'%s' is no time of the form %s", both, format);
    return true;
}

static void
trim(char *text)
{
    size_t n = strlen(text);

    while (n > 0 && strchr(" .,", text[n - 1]) != NULL)
        text[--n] = '\0';
}

static bool
read_groups(const struct notice_source *s, unsigned i, const struct notice_home *home,
            struct notice *out, struct err *e)
{
    const struct pattern *p = s->patterns[i];

    out->kind = s->file->texts[i].kind;
    text_copy(out->channel, sizeof(out->channel), s->file->channel);
    text_copy(out->currency, sizeof(out->currency), s->file->currency);
    if (out->kind != NOTICE_RECEIVED)
        return true;
    if (!pattern_group(p, "receipt", out->receipt, sizeof(out->receipt)) ||
        *out->receipt == '\0')
        return err_set(e, FAIL_REJECT, "the number of the receipt is missing or too long");
    if (!pattern_group(p, "payer", out->payer, sizeof(out->payer)))
        *out->payer = '\0';
    if (!pattern_group(p, "account", out->claim, sizeof(out->claim)))
        *out->claim = '\0';
    trim(out->payer);
    trim(out->claim);
    read_phone(p, home->country_code, out->phone);
    return read_amount(p, home->decimals, &out->amount, e) &&
           read_time(p, s->file->texts[i].time, &out->paid_at, e);
}

bool
notice_read(const struct notices *n, const char *sender, const char *text,
            const struct notice_home *home, struct notice *out, struct err *e)
{
    char plain[TEXT_MAX];
    bool fits;

    memset(out, 0, sizeof(*out));
    plain_text(text, plain);
    for (size_t i = 0; n != NULL && i < n->count; i++) {
        const struct notice_source *s = &n->list[i];

        if (!has_sender(s->file, sender) || strcmp(s->file->currency, home->currency) != 0)
            continue;
        for (unsigned k = 0; k < s->file->texts_count; k++) {
            if (!pattern_match(s->patterns[k], plain, &fits, e))
                return err_in(e, "%s: %s", s->file->payments, s->file->texts[k].name);
            if (fits)
                return read_groups(s, k, home, out, e) ||
                       err_in(e, "%s: %s", s->file->payments, s->file->texts[k].name);
        }
    }
    return true;
}

/* ---- columns ---- */

/* The name stands as a whole field, with or without quotes, spaces and capitals. */
static bool
has_field(const char *line, size_t n, const char *name, char separator)
{
    static const char around[] = " \t\r\"\xEF\xBB\xBF";
    const char *end = line + n;

    while (line < end) {
        const char *stop = memchr(line, separator, (size_t)(end - line));
        const char *last = stop == NULL ? end : stop;

        while (line < last && strchr(around, *line) != NULL)
            line++;
        while (last > line && strchr(around, last[-1]) != NULL)
            last--;
        if ((size_t)(last - line) == strlen(name) &&
            strncasecmp(line, name, strlen(name)) == 0)
            return true;
        line = stop == NULL ? end : stop + 1;
    }
    return false;
}

#define HEADER_LINES 20 /* that may stand above the columns */

static bool
has_columns(const struct notice_columns *c, const char *text)
{
    for (int i = 0; i < HEADER_LINES && *text != '\0'; i++) {
        size_t n = strcspn(text, "\n");

        if (has_field(text, n, c->date, c->separator) &&
            has_field(text, n, c->amount, c->separator) &&
            (c->receipt == NULL || has_field(text, n, c->receipt, c->separator)) &&
            (c->claim == NULL || has_field(text, n, c->claim, c->separator)))
            return true;
        text += n + (text[n] == '\n');
    }
    return false;
}

const struct notice_columns *
notices_columns(const struct notices *n, const char *name, const char *text)
{
    for (size_t i = 0; n != NULL && i < n->count; i++) {
        const struct notice_source *s = &n->list[i];

        if (s->columns.name == NULL)
            continue;
        if (name != NULL ? strcmp(s->columns.name, name) == 0
                         : has_columns(&s->columns, text))
            return &s->columns;
    }
    return NULL;
}
