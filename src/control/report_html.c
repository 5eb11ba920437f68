/* report_html.c - a report as one page that prints well and reads well on a phone. */
#include "meterpost/base/amount.h"
#include "meterpost/control/report.h"
#include "meterpost/render/chart.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define CELL_SIZE  300
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
    "figure{margin:.6rem 0;overflow-x:auto}svg{width:100%;min-width:32rem;height:auto;"
    "max-width:48rem}"
    ".red,.failed,.unusable,.negative{color:#a3121f;font-weight:600}"
    "footer{margin-top:2rem;color:#4a5a63;font-size:.85rem}"
    "@media print{body{font-size:10pt;max-width:none;padding:0}h2{break-after:avoid}"
    "table,figure{break-inside:avoid}.wide{overflow:visible}@page{margin:16mm}}";

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
        if (is_number(c->cell))
            fputs("<td class=\"n\">", to);
        else if (strcmp(c->key, "state") == 0)
            fprintf(to, "<td class=\"%.20s\">", text);
        else
            fputs("<td>", to);
        put(to, text);
        fputs("</td>", to);
    }
    fputs("</tr>\n", to);
}

static void
put_table(FILE *to, const struct report_section *s, const json_t *rows)
{
    const json_t *row;
    size_t i;

    fputs("<div class=\"wide\"><table><thead><tr>", to);
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
    if (!chart_bars(bars, count, s->title, unit, language, &svg, e))
        return false;
    fprintf(to, "<figure>%s</figure>\n", svg);
    free(svg);
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
