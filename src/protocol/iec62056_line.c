/*
 * iec62056_line.c - one data line into values: register, number, unit and time.
 */
#include "protocol/iec62056_private.h"

#include "meterpost/base/text.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#define GROUPS       6
#define PRESENT      255 /* F of a value that is not stored */
#define CENTURY      2000
#define YEAR_MAX     69 /* beyond it the calendar is another, or the clock is wrong */
#define STORED_MARKS "*&"
#define MAKERS       "what its maker means"

/* ---- the identifier ---- */

/* A code taken apart; -1 for a group that was left out. */
struct code {
    int group[GROUPS]; /* A to F */
};

/* A number of up to three digits, or one of the letters that stand for one. */
static const char *
take_group(const char *c, int *out)
{
    static const char letters[] = "CFLP"; /* 96 to 99 */
    const char *letter;
    size_t n = strspn(c, "0123456789");

    if (n >= 1 && n <= 3) {
        *out = atoi(c);
        return *out <= 255 ? c + n : NULL;
    }
    letter = *c == '\0' ? NULL : strchr(letters, *c);
    if (n != 0 || letter == NULL)
        return NULL;
    *out = 96 + (int)(letter - letters);
    return c + 1;
}

/* A-B:C.D.E*F, where A-B:, .E and *F may be left out. */
static bool
code_parse(const char *id, struct code *out)
{
    const char *c = id, *colon = strchr(id, ':');

    for (int i = 0; i < GROUPS; i++)
        out->group[i] = -1;
    if (colon != NULL) {
        c = take_group(c, &out->group[0]);
        if (c == NULL || *c++ != '-' || (c = take_group(c, &out->group[1])) != colon)
            return false;
        c++;
    }
    c = take_group(c, &out->group[2]);
    if (c == NULL || *c++ != '.' || (c = take_group(c, &out->group[3])) == NULL)
        return false;
    if (*c == '.' && (c = take_group(c + 1, &out->group[4])) == NULL)
        return false;
    if (*c != '\0' && strchr(STORED_MARKS, *c) != NULL &&
        (c = take_group(c + 1, &out->group[5])) == NULL)
        return false;
    return *c == '\0';
}

/* Codes of heat meters, which have no A-B, and mean other things in electricity: told by
 * their unit, where those have them too. */
struct heat_code {
    int c, d;
    const char *units; /* with blanks around, "" without one; NULL: told by the code */
    const char *obis;  /* "": there is none */
    const char *name;
};

static const struct heat_code heat_codes[] = {
    {6, 8, " kWh MWh GJ MJ ", "6-0:1.0.0", NULL},
    {6, 26, NULL, "6-0:2.0.0", NULL},
    {6, 31, NULL, "0-0:96.8.0", NULL},
    {6, 32, " h ", "", "time without measurement"},
    {6, 6, " kW MW W ", "", "maximum power"},
    {6, 33, NULL, "", "maximum flow"},
    {6, 35, NULL, "", "measuring period"},
    {6, 36, NULL, "", "settlement date"},
    {9, 4, " C ", "6-0:10.0.0", NULL},
    {9, 20, NULL, "", "serial number"},
    {9, 21, NULL, "", "customer's number"},
    {9, 22, NULL, "", "pipe that it is fitted in"},
    {9, 24, NULL, "", "rated flow"},
    {9, 31, NULL, "", "time of flow"},
    {9, 36, NULL, "", "date and time"},
    {9, 1, "", "", "how it is built"},
    {9, 2, "", "", "how it is built"},
    {9, 6, "", "", "numbers of its parts"},
    {9, 7, "", "", "pulses"},
};

static const struct heat_code *
heat_code(const struct code *code, const char *unit)
{
    char word[FRAME_UNIT_MAX + 2];

    snprintf(word, sizeof(word), " %s ", unit);
    for (size_t i = 0; i < sizeof(heat_codes) / sizeof(heat_codes[0]); i++) {
        const struct heat_code *h = &heat_codes[i];

        if (code->group[0] < 0 && code->group[2] == h->c && code->group[3] == h->d &&
            (h->units == NULL ||
             (code->group[4] < 0 &&
              (unit[0] == '\0' ? h->units[0] == '\0' : strstr(h->units, word) != NULL))))
            return h;
    }
    return NULL;
}

static void
obis_print(const struct code *code, const struct heat_code *heat, char *out)
{
    bool abstract = code->group[2] >= 94;
    int a = code->group[0] >= 0 ? code->group[0] : abstract ? 0 : 1;
    int b = code->group[1] >= 0 ? code->group[1] : 0;
    int e = code->group[4] >= 0 ? code->group[4] : 0;
    int n;

    if (heat != NULL && heat->obis[0] == '\0')
        return;
    if (heat != NULL)
        n = snprintf(out, FRAME_OBIS_MAX, "%s", heat->obis);
    else
        n = snprintf(out, FRAME_OBIS_MAX, "%d-%d:%d.%d.%d", a, b, code->group[2],
                     code->group[3], e);
    if (code->group[5] >= 0 && code->group[5] != PRESENT && n < FRAME_OBIS_MAX)
        snprintf(out + n, FRAME_OBIS_MAX - (size_t)n, "*%d", code->group[5]);
}

/* Without A-B: and without *255. */
static void
id_print(const char *id, char *out)
{
    const char *colon = strchr(id, ':');
    size_t n;

    text_copy(out, FRAME_ID_MAX, colon == NULL ? id : colon + 1);
    n = strlen(out);
    if (n > 4 && (strcmp(out + n - 4, "*255") == 0 || strcmp(out + n - 4, "&255") == 0))
        out[n - 4] = '\0';
}

/* ---- the unit ---- */

/* Meters write units as they like; one spelling for each. */
static void
unit_print(const char *unit, char *out)
{
    static const char *const units[] = {"Wh", "kWh", "MWh",  "varh", "kvarh", "VAh", "kVAh",
                                        "kW", "var", "kvar", "VA",   "kVA",   "V",   "A",
                                        "mA", "Hz",  "kHz",  "m3",   "GJ",    "MJ",  "h"};

    text_copy(out, FRAME_UNIT_MAX, unit);
    for (size_t i = 0; i < sizeof(units) / sizeof(units[0]); i++) {
        if (strcasecmp(units[i], unit) == 0 && strcmp(unit, "MW") != 0)
            text_copy(out, FRAME_UNIT_MAX, units[i]);
    }
}

/* What a register is in when the meter does not say; "" when that cannot be told. */
static const char *
unit_default(const struct code *code)
{
    int c = code->group[2], d = code->group[3];

    if (code->group[0] > 1)
        return "";
    if (d == 8 && (c == 1 || c == 2 || c == 15 || c == 16))
        return "kWh";
    if (d == 8 && c >= 3 && c <= 8)
        return "kvarh";
    if (d == 8 && (c == 9 || c == 10))
        return "kVAh";
    return d == 7 && (c == 13 || c == 33 || c == 53 || c == 73) ? "1" : "";
}

/* ---- the value ---- */

/* "-000115.940" to "-115.940"; false when it is no decimal. */
static bool
number_print(const char *text, char *out, size_t size)
{
    bool minus = *text == '-';
    const char *c = text + (*text == '-' || *text == '+');
    size_t whole = strspn(c, "0123456789"), after = 0;

    if (whole == 0)
        return false;
    if (c[whole] == '.')
        after = strspn(c + whole + 1, "0123456789");
    if (c[whole] == '.' ? after == 0 || c[whole + 1 + after] != '\0' : c[whole] != '\0')
        return false;
    while (whole > 1 && *c == '0') {
        c++;
        whole--;
    }
    snprintf(out, size, "%s%s", minus ? "-" : "", c);
    return true;
}

static int
two(const char *digits)
{
    return (digits[0] - '0') * 10 + (digits[1] - '0');
}

/* yymmdd, yymmddhhmm or yymmddhhmmss, with the season in front or S or W behind. */
static bool
time_parse(const char *text, struct frame_time *out)
{
    size_t n = strspn(text, "0123456789");
    struct frame_time t = {.hour = -1, .second = -1};
    bool season = n % 2 == 1 && *text >= '0' && *text <= '2';

    if (text[n] != '\0' &&
        !(n == 12 && strchr("SW", text[n]) != NULL && text[n + 1] == '\0'))
        return false;
    text += season;
    n -= season;
    if (n != 6 && n != 10 && n != 12)
        return false;
    t.year = CENTURY + two(text);
    t.month = two(text + 2);
    t.day = two(text + 4);
    if (n >= 10) {
        t.hour = two(text + 6);
        t.minute = two(text + 8);
    }
    if (n == 12)
        t.second = two(text + 10);
    if (t.year > CENTURY + YEAR_MAX || !frame_time_valid(&t))
        return false;
    *out = t;
    return true;
}

/* A set that is the time of another: at least to the minute. */
static bool
is_moment(const struct iec_set *set, struct frame_time *out)
{
    return set->unit[0] == '\0' && time_parse(set->value, out) && out->hour >= 0;
}

static void
read_time_of_day(const char *text, struct frame_value *v)
{
    text += strlen(text) == 7 && *text >= '0' && *text <= '2'; /* the season */
    if (strlen(text) == 6 && strspn(text, "0123456789") == 6)
        value_time_of_day(v, two(text), two(text + 2), two(text + 4));
    else
        value_text(v, text);
}

static void
read_moment(const char *text, struct frame_value *v)
{
    if (time_parse(text, &v->time))
        value_time(v, &v->time);
    else
        value_text(v, text);
}

/* The register, and what it is called; who is not known is the maker's. */
static void
read_code(const struct code *code, struct frame_value *v)
{
    const struct heat_code *heat = heat_code(code, v->unit);

    obis_print(code, heat, v->obis);
    v->name = heat != NULL ? heat->name : NULL;
    if (v->name == NULL)
        v->name = obis_name(v->obis);
    if (v->name == NULL)
        v->name = MAKERS;
}

static void
read_set(const struct iec_set *set, const struct code *code, struct frame_value *v)
{
    char number[FRAME_TEXT_MAX];

    unit_print(set->unit, v->unit);
    if (code != NULL && v->unit[0] == '\0')
        text_copy(v->unit, sizeof(v->unit), unit_default(code));
    if (code != NULL)
        read_code(code, v);
    if (strcmp(v->obis, "1-0:0.9.1") == 0)
        read_time_of_day(set->value, v);
    else if (strcmp(v->obis, "1-0:0.9.2") == 0 || strcmp(v->obis, "0-0:1.0.0") == 0)
        read_moment(set->value, v);
    else if (v->unit[0] != '\0' && number_print(set->value, number, sizeof(number))) {
        value_text(v, number);
        v->is_number = true;
    } else {
        value_text(v, set->value);
        if (set->unit[0] == '\0')
            v->unit[0] = '\0';
    }
}

static struct frame_value *
add(const struct iec_line *line, struct frame *f)
{
    struct frame_value *v = frame_value_add(f, MAKERS);

    id_print(line->id, v->id);
    if (strcmp(v->id, "F") == 0)
        v->name = "error";
    return v;
}

void
iec_line_read(const struct iec_line *line, struct frame *f)
{
    struct code code;
    bool coded = code_parse(line->id, &code);
    struct frame_time time = {0};
    struct frame_value *v;
    int i = 0;

    /* (time)(value*unit), as P1 ports have the last reading of a gas meter. */
    if (line->n > 1 && line->sets[1].unit[0] != '\0' && is_moment(&line->sets[0], &time))
        i = 1;
    v = add(line, f);
    read_set(&line->sets[i], coded ? &code : NULL, v);
    i++;
    if (time.year == 0 && line->n > i && is_moment(&line->sets[i], &time))
        i++;
    if (time.year != 0)
        v->time = time;
    for (; i < line->n; i++) {
        const char *name = v->name;

        v = add(line, f);
        v->name = name;
        read_set(&line->sets[i], NULL, v);
        value_note(v, "set %d", i + 1);
    }
}
