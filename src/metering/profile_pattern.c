/*
 * profile_pattern.c - a sample written as one reply of a profile: pattern, values, time and
 * relay.
 */
#include "metering/profile_file.h"
#include "metering/profile_sample.h"

#include <stdio.h>
#include <string.h>

#define PERIOD_MAX   20 /* tokens of one item of a repeat */
#define UNIT_PATTERN "[^\\s\\d,;:=()&]+[23]?[^\\s\\d,;:=()&]*"

/* Fields of a pattern while it is written. */
struct fields {
    int values, units, others;
    bool meter;
    char used[VALUES_MAX][OBIS_MAX]; /* registers of values, each once */
};

static bool
is_word(char c)
{
    return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}

/* ---- patterns ---- */

static void
put_literal(FILE *to, const char *text, size_t n)
{
    for (size_t i = 0; i < n; i++) {
        unsigned char c = (unsigned char)text[i];

        if (c < ' ' || c == 0x7f) {
            fprintf(to, "\\x%02X", c);
            continue;
        }
        if (strchr("\\^$.[]|()?*+{}#", text[i]) != NULL)
            fputc('\\', to);
        fputc(text[i], to);
        if (text[i] == '\'') /* as single quotes of YAML have it */
            fputc('\'', to);
    }
}

/* Blanks part two words or numbers, and may be missing elsewhere. */
static void
put_space(FILE *to, const struct sample *s, int i)
{
    const struct token *t = &s->at[i];
    bool unit = i + 1 < s->n && s->at[i + 1].kind == TOKEN_UNIT;
    bool words = i > 0 && is_word(t->at[-1]) && is_word(t->at[t->n]);

    fputs(words && !unit ? "\\s+" : "\\s*", to);
}

/* A group with its name, or where `named` is false only its pattern. */
static void
put_group(FILE *to, bool named, const char *name, int number, const char *pattern)
{
    if (!named)
        fputs(pattern, to);
    else if (number == 0)
        fprintf(to, "(?<%s>%s)", name, pattern);
    else
        fprintf(to, "(?<%s%d>%s)", name, number, pattern);
}

static void
put_token(FILE *to, const struct sample *s, int i, struct fields *f, bool named)
{
    const struct token *t = &s->at[i];

    switch (t->kind) {
    case TOKEN_LITERAL: put_literal(to, t->at, t->n); break;
    case TOKEN_SPACE: put_space(to, s, i); break;
    case TOKEN_NUMBER:
        put_group(to, named, "v", ++f->values,
                  s->is_spaced ? "[+-]?\\d+(?: \\d{3}(?!\\d))*(?:[.,]\\d+)?"
                               : "[+-]?\\d[\\d.,]*");
        break;
    case TOKEN_UNIT: put_group(to, named, "u", f->values, UNIT_PATTERN); break;
    case TOKEN_TIME: put_group(to, named, "t", 0, sample_time_pattern(t->format)); break;
    case TOKEN_RELAY: put_group(to, named, "r", 0, "\\w+"); break;
    case TOKEN_METER:
        put_group(to, named && !f->meter, "meter", 0, "[\\w.]+");
        f->meter = true;
        break;
    case TOKEN_OTHER: fputs("[^\\s,;&()]+", to); break;
    }
}

static void
put_tokens(FILE *to, const struct sample *s, int from, int end, struct fields *f,
           bool named)
{
    for (int i = from; i < end; i++)
        put_token(to, s, i, f, named);
}

/* ---- many meters in one text ---- */

/* From token `first` on, `length` tokens come again and again. length 0: they do not. */
struct period {
    int first, length;
};

static bool
parts_only(const struct sample *s, int from, int end)
{
    for (int i = from; i < end; i++) {
        if (s->at[i].kind != TOKEN_LITERAL && s->at[i].kind != TOKEN_SPACE)
            return false;
    }
    return true;
}

/* Every item names a meter and has a value; behind the last the mark may be missing. */
static bool
is_period(const struct sample *s, struct period p)
{
    bool meter = false, value = false;
    int rest = (s->n - p.first) % p.length;

    if (s->n - p.first <= p.length)
        return false;
    for (int i = p.first; i < p.first + p.length; i++) {
        meter = meter || s->at[i].kind == TOKEN_METER;
        value = value || s->at[i].kind == TOKEN_NUMBER;
        if (s->at[i].kind == TOKEN_TIME || s->at[i].kind == TOKEN_RELAY)
            return false;
    }
    for (int i = p.first; i + p.length < s->n; i++) {
        if (!token_alike(&s->at[i], &s->at[i + p.length]))
            return false;
    }
    return meter && value &&
           (rest == 0 || parts_only(s, p.first + rest, p.first + p.length));
}

static struct period
find_period(const struct sample *s)
{
    for (int first = 0; first < 6; first++) {
        for (int length = 3; length <= 2 * PERIOD_MAX && first + length < s->n; length++) {
            struct period p = {first, length};

            if (is_period(s, p))
                return p;
        }
    }
    return (struct period){0};
}

void
sample_limit(struct sample *s)
{
    int numbers = 0;

    if (find_period(s).length > 0)
        return;
    for (int i = 0; i < s->n; i++) {
        numbers += s->at[i].kind == TOKEN_NUMBER;
        if (numbers > SAMPLE_VALUES_MAX &&
            (s->at[i].kind == TOKEN_NUMBER || s->at[i].kind == TOKEN_UNIT))
            s->at[i].kind = TOKEN_OTHER;
    }
}

/* One item: the mark at its end may be missing. */
static void
put_item(FILE *to, const struct sample *s, struct period p, struct fields *f, bool named)
{
    int end = p.first + p.length, mark = end;

    while (mark > p.first + 1 && parts_only(s, mark - 1, mark))
        mark--;
    put_tokens(to, s, p.first, mark, f, named);
    if (mark == end)
        return;
    fputs("(?:", to);
    put_tokens(to, s, mark, end, f, named);
    fputs(")?", to);
}

/* ---- registers ---- */

/* By unit, and by commodity where that makes a difference; "" there: any. */
static const struct {
    const char *unit, *commodity, *obis;
} registers[] = {
    {"kWh", "heat", "6-0:1.0.0"},
    {"kWh", "", "1-0:1.8.0"},
    {"GJ", "", "6-0:1.0.0"},
    {"Gcal", "", "6-0:1.0.0"},
    {"kvarh", "", "1-0:3.8.0"},
    {"kVAh", "", "1-0:9.8.0"},
    {"W", "heat", "6-0:8.0.0"},
    {"W", "", "1-0:1.7.0"},
    {"var", "", "1-0:3.7.0"},
    {"VA", "", "1-0:9.7.0"},
    {"V", "electricity", "1-0:32.7.0"},
    {"A", "", "1-0:31.7.0"},
    {"Hz", "", "1-0:14.7.0"},
    {"m3", "gas", "7-0:3.0.0"},
    {"m3", "heat", "6-0:2.0.0"},
    {"m3", "", "8-0:1.0.0"},
    {"m3/h", "heat", "6-0:9.0.0"},
    {"m3/h", "water", "8-0:2.0.0"},
    {"h", "", "0-0:96.8.0"},
    {"C", "heat", "6-0:10.0.0"},
    {"C", "heat", "6-0:11.0.0"},
    {"C", "", "0-0:96.9.0"},
    {"dBm", "", "0-0:96.12.5"},
};

static bool
is_used(const struct fields *f, const char *obis)
{
    for (int i = 0; i < f->values - 1; i++) {
        if (strcmp(f->used[i], obis) == 0)
            return true;
    }
    return false;
}

/* Words beside a number that say more than its unit. */
static const char *
register_by_key(const struct token *t)
{
    const char *unit = t->unit == NULL ? "" : t->unit->name;

    if (sample_holds(t->key, t->key_n, "bat"))
        return strcmp(unit, "%") == 0   ? "0-0:96.6.1"
               : strcmp(unit, "V") == 0 ? "0-0:96.6.3"
                                        : NULL;
    if (sample_holds(t->key, t->key_n, "signal") ||
        sample_holds(t->key, t->key_n, "rssi") || sample_holds(t->key, t->key_n, "csq"))
        return "0-0:96.12.5";
    if (sample_holds(t->key, t->key_n, "credit") ||
        sample_holds(t->key, t->key_n, "balance"))
        return "0-0:19.10.0";
    return NULL;
}

/* The register of the newest value of f; *sure is false for one of the maker's. */
static const char *
choose_register(const struct token *t, const char *commodity, struct fields *f, bool *sure)
{
    const char *unit = t->unit == NULL ? "" : t->unit->name, *obis = register_by_key(t);
    char *to = f->used[f->values - 1];

    *sure = true;
    if (obis != NULL && !is_used(f, obis)) {
        snprintf(to, OBIS_MAX, "%s", obis);
        return to;
    }
    for (size_t i = 0; i < sizeof(registers) / sizeof(registers[0]); i++) {
        if (strcmp(registers[i].unit, unit) == 0 &&
            (registers[i].commodity[0] == '\0' ||
             strcmp(registers[i].commodity, commodity) == 0) &&
            !is_used(f, registers[i].obis)) {
            snprintf(to, OBIS_MAX, "%s", registers[i].obis);
            return to;
        }
    }
    *sure = false;
    snprintf(to, OBIS_MAX, "0-%d:128.0.0", f->values);
    return to;
}

/* The proper spelling of a unit: that of numbers whose unit is in the word before them. */
static void
put_spelling(FILE *to, const struct unit *unit)
{
    fprintf(to, "unit: \"%.*s\"", (int)strcspn(unit->spellings, " "), unit->spellings);
}

/* A bare number is what the meter counts, when the commodity is known and no other number
 * has its unit. */
static const struct {
    const char *commodity, *obis, *unit;
} mains[] = {{"electricity", "1-0:1.8.0", "kWh"},
             {"water", "8-0:1.0.0", "m3"},
             {"gas", "7-0:3.0.0", "m3"},
             {"heat", "6-0:1.0.0", "kWh"}};

static int
main_of(const struct sample *s, const char *commodity)
{
    for (int k = 0; k < (int)(sizeof(mains) / sizeof(mains[0])); k++) {
        if (strcmp(mains[k].commodity, commodity) != 0)
            continue;
        for (int i = 0; i < s->n; i++) {
            const struct token *t = &s->at[i];

            if (t->kind == TOKEN_NUMBER && t->unit != NULL &&
                strcmp(t->unit->name, mains[k].unit) == 0)
                return -1;
        }
        return k;
    }
    return -1;
}

static void
put_value(FILE *to, const struct token *t, const char *commodity, int main,
          struct fields *f)
{
    bool sure = false, is_main = ++f->values == 1 && main >= 0 && t->unit == NULL &&
                                 register_by_key(t) == NULL;
    const char *obis = is_main ? mains[main].obis : choose_register(t, commodity, f, &sure);

    fprintf(to, "      - {register: \"%s\", group: v%d, ", obis, f->values);
    if (t->has_unit)
        fprintf(to, "unit_group: u%d", f->values);
    else if (t->unit != NULL)
        put_spelling(to, t->unit);
    else
        fprintf(to, "unit: \"%s\"", is_main ? mains[main].unit : "1");
    fprintf(to, ", round: half_up}%s\n", sure ? "" : "   # which register is it?");
}

/* ---- replies ---- */

/* What a text without values and relay is, by a word in it. */
static const struct {
    const char *word, *kind, *tells;
} words[] = {
    {"tamper", "alarm", "tamper"},
    {"theft", "alarm", "tamper"},
    {"battery", "alarm", "battery-low"},
    {"power", "alarm", "power-lost"},
    {"mains", "alarm", "power-lost"},
    {"credit", "alarm", "credit-low"},
    {"balance", "alarm", "credit-low"},
    {"alarm", "alarm", "limit"},
    {"error", "error", "refused"},
    {"fail", "error", "refused"},
    {"invalid", "error", "refused"},
    {"wrong", "error", "wrong-password"},
    {"denied", "error", "refused"},
    {"no meter", "error", "meter-silent"},
    {"ok", "ack", NULL},
    {"success", "ack", NULL},
    {"done", "ack", NULL},
};

static void
put_kind_by_word(FILE *to, const struct sample *s)
{
    for (size_t i = 0; i < sizeof(words) / sizeof(words[0]); i++) {
        if (!sample_holds(s->text, strlen(s->text), words[i].word))
            continue;
        fprintf(to, "    kind: %s\n", words[i].kind);
        if (words[i].tells != NULL)
            fprintf(to, "    %s: %s\n", words[i].kind, words[i].tells);
        return;
    }
    fputs("    kind: notice\n", to);
}

static const struct token *
first_of(const struct sample *s, enum token_kind kind)
{
    for (int i = 0; i < s->n; i++) {
        if (s->at[i].kind == kind)
            return &s->at[i];
    }
    return NULL;
}

static void
put_patterns(FILE *to, const struct sample *s, struct period items)
{
    struct fields f = {0}, once = {0}, again = {0};

    fputs("    pattern: '(?is)^", to);
    put_tokens(to, s, 0, items.length > 0 ? items.first : s->n, &f, true);
    if (items.length > 0) {
        fputs("(?<items>", to);
        put_item(to, s, items, &once, false);
        fputs(".*)$'\n    repeat: {group: items, pattern: '(?i)", to);
        put_item(to, s, items, &again, true);
        fputs("'}\n", to);
    } else {
        fputs("$'\n", to);
    }
}

static void
put_values(FILE *to, const struct sample *s, const struct sample_hints *hints,
           struct period items)
{
    const char *commodity = hints->commodity == NULL ? "" : hints->commodity;
    struct fields f = {0};
    int from = items.length > 0 ? items.first : 0;
    int end = items.length > 0 ? items.first + items.length : s->n;

    fputs("    values:\n", to);
    for (int i = from; i < end; i++) {
        if (s->at[i].kind == TOKEN_NUMBER)
            put_value(to, &s->at[i], commodity, hints->bare ? main_of(s, commodity) : -1,
                      &f);
    }
}

void
sample_put_reply(FILE *to, const struct sample *s, const struct sample_hints *hints,
                 int number)
{
    const struct token *time = first_of(s, TOKEN_TIME), *relay = first_of(s, TOKEN_RELAY);
    struct period items = find_period(s);
    bool value = first_of(s, TOKEN_NUMBER) != NULL;

    fprintf(to, "  - name: reply %d\n", number);
    if (value)
        fputs("    kind: reading\n", to);
    else if (relay != NULL)
        fputs("    kind: relay\n", to);
    else
        put_kind_by_word(to, s);
    put_patterns(to, s, items);
    if (value)
        put_values(to, s, hints, items);
    if (time != NULL)
        fprintf(to, "    time: {group: t, format: \"%s\", zone: utility}\n",
                sample_time_format(time->format));
    if (relay != NULL)
        fputs("    relay: {group: r, closed: [\"ON\", CLOSE, CLOSED, CONNECTED, \"1\"], "
              "open: "
              "[\"OFF\", OPEN, DISCONNECTED, \"0\"]}\n",
              to);
}
