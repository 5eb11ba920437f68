#include "meterpost/render/language.h"

#include <stdio.h>
#include <string.h>

/* How a language writes. {d} day, {o} day, the first as "1er", {m} number of the month, {M}
 * and {S} its long and short name, {y} year. */
struct language {
    const char *code;
    const char *date_long, *date_short, *month_long, *month, *month_short;
    const char *thousands, *decimal;
    const char *history_title;
    const char *months[12], *shorts[12];
};

/* French "aout" has no circumflex since the spelling of 1990, and so fits GSM 7 bit. */
static const struct language languages[] = {
    {"en",
     "{d} {M} {y}",
     "{d} {S}",
     "{M} {y}",
     "{M}",
     "{S}",
     ",",
     ".",
     "Use by month",
     {"January", "February", "March", "April", "May", "June", "July", "August", "September",
      "October", "November", "December"},
     {"Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"}},
    {"zh",
     "{y}年{m}月{d}日",
     "{m}月{d}日",
     "{y}年{m}月",
     "{m}月",
     "{m}月",
     ",",
     ".",
     "各月用量",
     {NULL},
     {NULL}},
    {"es",
     "{d} de {M} de {y}",
     "{d} {S}",
     "{M} de {y}",
     "{M}",
     "{S}",
     ".",
     ",",
     "Consumo por mes",
     {"enero", "febrero", "marzo", "abril", "mayo", "junio", "julio", "agosto",
      "septiembre", "octubre", "noviembre", "diciembre"},
     {"ene", "feb", "mar", "abr", "may", "jun", "jul", "ago", "sep", "oct", "nov", "dic"}},
    {"fr",
     "{o} {M} {y}",
     "{o} {S}",
     "{M} {y}",
     "{M}",
     "{S}",
     " ",
     ",",
     "Consommation par mois",
     {"janvier", "février", "mars", "avril", "mai", "juin", "juillet", "aout", "septembre",
      "octobre", "novembre", "décembre"},
     {"janv", "févr", "mars", "avr", "mai", "juin", "juil", "aout", "sept", "oct", "nov",
      "déc"}},
    {"sw",
     "{d} {M} {y}",
     "{d} {S}",
     "{M} {y}",
     "{M}",
     "{S}",
     ",",
     ".",
     "Matumizi kwa mwezi",
     {"Januari", "Februari", "Machi", "Aprili", "Mei", "Juni", "Julai", "Agosti",
      "Septemba", "Oktoba", "Novemba", "Desemba"},
     {"Jan", "Feb", "Mac", "Apr", "Mei", "Jun", "Jul", "Ago", "Sep", "Okt", "Nov", "Des"}},
};

/* Names that differ from the code, by language; the language "" is every other. */
static const struct {
    const char *language, *code, *name;
} names[] = {
    {"zh", "CNY", "元"},
    {"zh", "kWh", "度"},
    {"zh", "m3", "立方米"},
    {"", "m3", "m³"},
};

static const struct language *
language_of(const char *tag)
{
    size_t n;

    if (tag == NULL)
        return &languages[0];
    n = strcspn(tag, "-_");
    for (size_t i = 0; i < sizeof(languages) / sizeof(*languages); i++)
        if (strlen(languages[i].code) == n && strncmp(languages[i].code, tag, n) == 0)
            return &languages[i];
    return &languages[0];
}

static const char *
date_fill(const char *pattern, const struct language *l, utc_t t, char *out)
{
    struct tm tm;
    size_t used = 0;

    clock_local(t, &tm);
    for (const char *p = pattern; *p != '\0' && used < LANGUAGE_TEXT_MAX - 1;) {
        char *at = out + used;
        size_t room = LANGUAGE_TEXT_MAX - used;

        if (*p != '{') {
            out[used++] = *p++;
            continue;
        }
        switch (p[1]) {
        case 'd': snprintf(at, room, "%d", tm.tm_mday); break;
        case 'o': snprintf(at, room, tm.tm_mday == 1 ? "%der" : "%d", tm.tm_mday); break;
        case 'm': snprintf(at, room, "%d", tm.tm_mon + 1); break;
        case 'M': snprintf(at, room, "%s", l->months[tm.tm_mon]); break;
        case 'S': snprintf(at, room, "%s", l->shorts[tm.tm_mon]); break;
        default: snprintf(at, room, "%d", tm.tm_year + 1900); break;
        }
        used += strlen(at);
        p += 3;
    }
    out[used] = '\0';
    return out;
}

const char *
language_date_long(utc_t t, const char *language, char *out)
{
    const struct language *l = language_of(language);

    return date_fill(l->date_long, l, t, out);
}

const char *
language_date_short(utc_t t, const char *language, char *out)
{
    const struct language *l = language_of(language);

    return date_fill(l->date_short, l, t, out);
}

const char *
language_month_long(utc_t t, const char *language, char *out)
{
    const struct language *l = language_of(language);

    return date_fill(l->month_long, l, t, out);
}

const char *
language_month(utc_t t, const char *language, char *out)
{
    const struct language *l = language_of(language);

    return date_fill(l->month, l, t, out);
}

const char *
language_month_short(utc_t t, const char *language, char *out)
{
    const struct language *l = language_of(language);

    return date_fill(l->month_short, l, t, out);
}

const char *
language_number(int64_t value, int places, bool trim, const char *language, char *out)
{
    const struct language *l = language_of(language);
    char plain[AMOUNT_TEXT_MAX];
    const char *p = decimal_print(value, places, trim, plain);
    size_t whole, used = 0;

    if (*p == '-')
        out[used++] = *p++;
    whole = strcspn(p, ".");
    for (size_t i = 0; i < whole; i++) {
        if (i > 0 && (whole - i) % 3 == 0)
            out[used++] = *l->thousands;
        out[used++] = p[i];
    }
    if (p[whole] == '.')
        snprintf(out + used, LANGUAGE_TEXT_MAX - used, "%s%s", l->decimal, p + whole + 1);
    else
        out[used] = '\0';
    return out;
}

const char *
language_quantity(struct quantity q, const char *language, char *out)
{
    return language_number(q.milli, QUANTITY_PLACES, true, language, out);
}

static const char *
name_of(const char *code, const char *language)
{
    const char *mine = language_of(language)->code;

    for (size_t i = 0; i < sizeof(names) / sizeof(*names); i++)
        if ((*names[i].language == '\0' || strcmp(names[i].language, mine) == 0) &&
            strcmp(names[i].code, code) == 0)
            return names[i].name;
    return code;
}

const char *
language_currency(const char *code, const char *language)
{
    return name_of(code, language);
}

const char *
language_unit(const char *unit, const char *language)
{
    return name_of(unit, language);
}

const char *
language_history_title(const char *language)
{
    return language_of(language)->history_title;
}
