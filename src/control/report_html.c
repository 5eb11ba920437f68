/* report_html.c - a report as one page that prints well and reads well on a phone. */
#include "meterpost/base/amount.h"
#include "meterpost/base/text.h"
#include "meterpost/control/report.h"
#include "meterpost/render/chart.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define CELL_SIZE  300
#define FEW        3
#define PHONE      38     /* letters that a line of a phone has room for */
#define GAP        2      /* between two columns, in letters */
#define WHOLE_FROM 100000 /* thousandths */

static const char style[] =
    "body{font:16px/1.45 system-ui,sans-serif;color:#1d2b33;margin:0 auto;max-width:60rem;"
    "padding:1.2rem}"
    "header{border-bottom:3px solid #0f5c7a;margin-bottom:1rem}"
    "h1{font-size:1.6rem;margin:.2rem 0}h2{font-size:1.15rem;margin:1.6rem 0 .4rem}"
    "p{margin:.2rem 0 .6rem;color:#4a5a63}"
    ".wide{overflow-x:auto}"
    "table{border-collapse:collapse;width:100%;font-size:.92rem}"
    "th,td{padding:.3rem .6rem;text-align:left;border-bottom:1px solid #dfe6ea;"
    "white-space:nowrap}"
    "th{color:#4a5a63;font-weight:600}td.n,th.n{text-align:right;"
    "font-variant-numeric:tabular-nums}"
    "tbody tr:nth-child(even){background:#f6f9fa}"
    "figure{margin:.6rem 0}svg{width:100%;height:auto;max-width:48rem}.phone{display:none}"
    ".red,.failed,.unusable,.negative{color:#a3121f;font-weight:600}"
    "footer{margin-top:2rem;color:#4a5a63;font-size:.85rem}"
    /* On a phone a row with many cells is a card: the first cell its head, the others with
     * their names. */
    "@media screen and (max-width:34rem){body{padding:.8rem}.page{display:none}"
    ".phone{display:block}th,td{white-space:normal;padding:.3rem .35rem}"
    ".many thead{position:absolute;clip-path:inset(50%);height:1px;overflow:hidden}"
    ".many,.many tbody{display:block}.many tr{display:block;padding:.35rem .2rem;"
    "border-bottom:1px solid #dfe6ea}"
    ".many td{display:inline-block;border:0;padding:0 .9rem 0 0;text-align:left}"
    ".many td:first-child{display:block;font-weight:600}.many td:empty{display:none}"
    ".many td+td::before{content:attr(data-name) \" \";color:#4a5a63}}"
    "@media print{body{font-size:10pt;max-width:none;padding:0}h2{break-after:avoid}"
    "tr,figure{break-inside:avoid}.wide{overflow:visible}@page{margin:16mm}}";

static void
put(FILE *to, const char *text)
{
    for (; *text != '\0'; text++) {
        switch (*text) {
        case '&': fputs("&amp;", to); break;
        case '<': fputs("&lt;", to); break;
        case '>': fputs("&gt;", to); break;
        case '"': fputs("&quot;", to); break;
        default: fputc(*text, to);
        }
    }
}

/* 1234567.50 to 1,234,567.50 */
static void
group_digits(const char *digits, char *out, size_t size)
{
    size_t whole = strcspn(digits, "."), begin = digits[0] == '-', n = 0;

    for (size_t i = 0; digits[i] != '\0' && n + 2 < size; i++) {
        if (i > begin && i < whole && (whole - i) % 3 == 0)
            out[n++] = ',';
        out[n++] = digits[i];
    }
    out[n] = '\0';
}

void
report_cell_text(const json_t *value, enum report_cell cell, char *out, size_t size)
{
    const char *text = json_string_value(value);
    char number[40];

    if (json_is_integer(value)) {
        snprintf(number, sizeof(number), "%lld", (long long)json_integer_value(value));
        text = number;
    }
    if (text == NULL)
        *out = '\0';
    else if (cell == REPORT_MONEY || cell == REPORT_NUMBER)
        group_digits(text, out, size);
    else if (cell == REPORT_TIME)
        snprintf(out, size, "%.10s %.5s", text, strlen(text) > 15 ? text + 11 : "");
    else
        snprintf(out, size, "%s", text);
}

static bool
is_number(enum report_cell cell)
{
    return cell == REPORT_NUMBER || cell == REPORT_MONEY;
}

static void
put_row(FILE *to, const struct report_section *s, const json_t *row)
{
    char text[CELL_SIZE];

    fputs("<tr>", to);
    for (const struct report_column *c = s->columns; c->key != NULL; c++) {
        report_cell_text(json_object_get(row, c->key), c->cell, text, sizeof(text));
        fputs("<td data-name=\"", to);
        put(to, c->header);
        if (is_number(c->cell))
            fputs("\" class=\"n\">", to);
        else if (strcmp(c->key, "state") == 0)
            fprintf(to, "\" class=\"%.20s\">", text);
        else
            fputs("\">", to);
        put(to, text);
        fputs("</td>", to);
    }
    fputs("</tr>\n", to);
}

/* Too wide for a phone: the widest cells of all columns beside each other. Of few columns
 * the first may be broken. */
static bool
is_wide(const struct report_section *s, const json_t *rows)
{
    char text[CELL_SIZE];
    const json_t *row;
    size_t i, wide = 0, columns = 0;

    for (const struct report_column *c = s->columns; c->key != NULL; c++) {
        size_t most = utf8_length(c->header);

        json_array_foreach (rows, i, row) {
            report_cell_text(json_object_get(row, c->key), c->cell, text, sizeof(text));
            most = utf8_length(text) > most ? utf8_length(text) : most;
        }
        wide += most + GAP;
        columns++;
    }
    return columns > FEW && wide > PHONE;
}

static void
put_table(FILE *to, const struct report_section *s, const json_t *rows)
{
    const json_t *row;
    size_t i;

    fprintf(to, "<div class=\"wide\"><table%s><thead><tr>",
            is_wide(s, rows) ? " class=\"many\"" : "");
    for (const struct report_column *c = s->columns; c->key != NULL; c++) {
        fprintf(to, "<th scope=\"col\"%s>", is_number(c->cell) ? " class=\"n\"" : "");
        put(to, c->header);
        fputs("</th>", to);
    }
    fputs("</tr></thead><tbody>\n", to);
    json_array_foreach (rows, i, row)
        put_row(to, s, row);
    fputs("</tbody></table></div>\n", to);
}

/* "2026-11-22" to "22", "2026-11" to "11": many bars have little room. */
static const char *
short_label(const char *label, size_t n)
{
    size_t length = strlen(label);

    if (length == 10 && label[4] == '-' && label[7] == '-')
        return n > 12 ? label + 8 : label + 5;
    if (length == 7 && label[4] == '-')
        return n > 6 ? label + 5 : label;
    return label;
}

static bool
put_chart(FILE *to, const struct report_section *s, const json_t *built, const json_t *rows,
          const char *language, struct err *e)
{
    size_t n = json_array_size(rows), skip = n > CHART_BARS_MAX ? n - CHART_BARS_MAX : 0;
    struct chart_bar bars[CHART_BARS_MAX] = {0};
    /* Rows may have units of their own: bars of one unit stand beside each other. */
    const char *own = json_string_value(json_object_get(json_array_get(rows, 0), "unit"));
    const char *unit = own != NULL ? own
                       : *s->unit == '\0'
                           ? json_string_value(json_object_get(built, "currency"))
                           : s->unit;
    static const struct {
        const char *place;
        int width;
    } drawn[] = {{"page", CHART_WIDTH}, {"phone", CHART_NARROW}};
    int count = 0;
    char *svg;

    for (size_t i = skip; i < n; i++) {
        const json_t *row = json_array_get(rows, i);
        const char *label = json_string_value(json_object_get(row, s->label));
        const char *its = json_string_value(json_object_get(row, "unit"));

        if (own != NULL && (its == NULL || strcmp(its, own) != 0))
            continue;
        if (!report_milli(json_object_get(row, s->value), &bars[count].milli) ||
            label == NULL)
            continue;
        if (bars[count].milli >= WHOLE_FROM) /* no room for cents above a bar */
            bars[count].milli = (bars[count].milli + 500) / 1000 * 1000;
        bars[count].label = short_label(label, n);
        bars[count++].current = i + 1 == n;
    }
    if (count < 2)
        return true;
    for (size_t i = 0; i < sizeof(drawn) / sizeof(drawn[0]); i++) {
        if (!chart_bars_in(drawn[i].width, bars, count, s->title, unit, language, &svg, e))
            return false;
        fprintf(to, "<figure class=\"%s\">%s</figure>\n", drawn[i].place, svg);
        free(svg);
    }
    return true;
}

static bool
put_section(FILE *to, const struct report_section *s, const json_t *built,
            const char *language, struct err *e)
{
    const json_t *rows = json_object_get(json_object_get(built, "sections"), s->key);

    fputs("<section><h2>", to);
    put(to, s->title);
    fputs("</h2>\n", to);
    if (json_array_size(rows) == 0) {
        fputs("<p>Nothing in this time.</p></section>\n", to);
        return true;
    }
    if (s->unit != NULL && !put_chart(to, s, built, rows, language, e))
        return false;
    put_table(to, s, rows);
    fputs("</section>\n", to);
    return true;
}

char *
report_html(struct desk *d, const struct report *r, const json_t *built, struct err *e)
{
    const char *language = d->conf->utility.language;
    char *page = NULL;
    size_t size;
    FILE *to = open_memstream(&page, &size);
    bool good = to != NULL;

    if (!good) {
        err_set(e, FAIL_RETRY, "out of memory");
        return NULL;
    }
    fprintf(to,
            "<!DOCTYPE html>\n<html lang=\"en\"><head><meta charset=\"utf-8\">"
            "<meta name=\"viewport\" content=\"width=device-width,initial-scale=1\">"
            "<title>%s</title><style>%s</style></head>\n<body><header><p>",
            r->title, style);
    put(to, d->conf->utility.name);
    fprintf(to, "</p><h1>%s</h1><p>%.10s until %.10s</p></header>\n", r->title,
            json_string_value(json_object_get(built, "from")),
            json_string_value(json_object_get(built, "to")));
    fprintf(to, "<p>%s</p>\n", r->about);
    for (const struct report_section *s = r->sections; s->key != NULL && good; s++)
        good = put_section(to, s, built, language, e);
    fprintf(to, "<footer>Made %.16s by Meterpost %s. Money in %s.</footer></body></html>\n",
            json_string_value(json_object_get(built, "made_at")), METERPOST_VERSION,
            d->conf->utility.currency);
    fclose(to);
    if (good)
        return page;
    free(page);
    return NULL;
}
