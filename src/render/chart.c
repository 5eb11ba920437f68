#include "meterpost/render/chart.h"

#include "meterpost/base/amount.h"
#include "meterpost/base/text.h"
#include "meterpost/render/language.h"

#include <stdlib.h>
#include <string.h>

/* Those of the bill: WeasyPrint gives a picture none, and would take one more Chinese font,
 * which it cuts to size for seconds. */
#define FONTS                                                                              \
    "'Noto Sans','Liberation Sans','Helvetica Neue',Arial,'Noto Sans CJK SC',sans-serif"
#define HEIGHT     156
#define LEFT       52 /* of the axis at least; numbers stand left of it */
#define TOP_EDGE   26 /* above the highest line; the unit stands there */
#define BOTTOM     26 /* below the lowest line; labels stand there */
#define VALUE      13 /* more of it for the values of bars that hang down */
#define GRID_LINES 4
#define COLUMN     6 /* what a narrow character is wide, about */
#define GAP        6 /* between the texts of two bars */
#define SVG_MAX    32768
#define MOST       1000000000000000000 /* what is beyond is drawn like this */
#define STRONG     "#0f5c7a"
#define SOFT       "#a9cbd9"

struct plot {
    struct text t;
    const char *language;
    int64_t top, low, step; /* milli at the highest and the lowest line, and between two */
    int n, width;
    int left;    /* where the axis stands */
    int bottom;  /* where the lowest line lies */
    int every;   /* of so many bars one has its label */
    bool values; /* each bar has its value, not only the current one */
};

/* Text for an element or attribute; what is not allowed in XML is left out. */
static void
add_escaped(struct text *t, const char *s)
{
    for (; *s != '\0'; s++) {
        switch (*s) {
        case '&': text_add(t, "&amp;"); break;
        case '<': text_add(t, "&lt;"); break;
        case '>': text_add(t, "&gt;"); break;
        case '"': text_add(t, "&quot;"); break;
        default:
            if ((unsigned char)*s >= ' ')
                text_add_bytes(t, s, 1);
        }
    }
}

static void
add_quantity(struct plot *p, int64_t milli)
{
    char number[LANGUAGE_TEXT_MAX];

    text_add(&p->t, language_quantity((struct quantity){milli}, p->language, number));
}

/* About how wide a text is. */
static int
width_of(const char *text)
{
    size_t n = strlen(text), i = 0;
    int columns = 0, bytes;
    uint32_t point;

    while (i < n && columns < CHART_WIDTH) {
        bytes = utf8_next(text + i, n - i, &point);
        i += bytes <= 0 ? 1 : (size_t)bytes;
        columns += bytes > 0 && point >= 0x2e80 ? 2 : 1; /* from there on: East Asia */
    }
    return columns * COLUMN;
}

static int
width_of_quantity(const struct plot *p, int64_t milli)
{
    char number[LANGUAGE_TEXT_MAX];

    return width_of(language_quantity((struct quantity){milli}, p->language, number));
}

/* ---- the scale ---- */

static int64_t
drawn(int64_t milli)
{
    return milli > MOST ? MOST : milli < -MOST ? -MOST : milli;
}

static int64_t
parts(int64_t whole, int64_t of)
{
    return whole / of + (whole % of != 0);
}

/* The distance of the lines: 1, 2 or 5 with zeros, so that about GRID_LINES of them reach
 * from the lowest to the highest value. */
static int64_t
grid_step(int64_t span)
{
    static const int64_t steps[] = {1, 2, 5};

    for (int64_t scale = 1;; scale *= 10)
        for (int i = 0; i < 3; i++)
            if (steps[i] * scale >= parts(span, GRID_LINES))
                return steps[i] * scale;
}

/* Zero is always on it; where all is zero it ends at one unit. */
static void
set_scale(struct plot *p, const struct chart_bar *bars)
{
    int64_t most = 0, least = 0;

    for (int i = 0; i < p->n; i++) {
        most = drawn(bars[i].milli) > most ? drawn(bars[i].milli) : most;
        least = drawn(bars[i].milli) < least ? drawn(bars[i].milli) : least;
    }
    if (most == least)
        most = 1000;
    p->step = grid_step(most - least);
    p->top = parts(most, p->step) * p->step;
    p->low = -parts(-least, p->step) * p->step;
    p->bottom = HEIGHT - BOTTOM - (least < 0 ? VALUE : 0);
}

/* Room for the widest texts: numbers left of the axis, labels below, values at the bars. */
static void
set_room(struct plot *p, const struct chart_bar *bars)
{
    int widest = width_of_quantity(p, p->top), label = 0, value = 0, slot;

    if (width_of_quantity(p, p->low) > widest)
        widest = width_of_quantity(p, p->low);
    p->left = widest + 2 * GAP > LEFT ? widest + 2 * GAP : LEFT;
    slot = (p->width - p->left) / p->n;
    for (int i = 0; i < p->n; i++) {
        int w = width_of(bars[i].label), v = width_of_quantity(p, bars[i].milli);

        label = w > label ? w : label;
        value = v > value ? v : value;
    }
    if (label > slot)
        label += label / 2; /* the last one may stand left of its bar */
    p->every = (label + GAP + slot - 1) / slot;
    p->values = value + GAP / 2 <= slot;
}

static int
y_of(const struct plot *p, int64_t milli)
{
    int room = p->bottom - TOP_EDGE;

    return TOP_EDGE + (int)((int128)(p->top - drawn(milli)) * room / (p->top - p->low));
}

/* ---- the picture ---- */

static void
draw_grid(struct plot *p, const char *unit)
{
    for (int64_t line = p->low; line <= p->top; line += p->step) {
        int y = y_of(p, line);

        text_addf(&p->t,
                  "<path d=\"M%d %dH%d\" stroke=\"%s\"/>"
                  "<text x=\"%d\" y=\"%d\" text-anchor=\"end\">",
                  p->left, y, p->width, line == 0 ? "#5b6b73" : "#dfe6ea", p->left - GAP,
                  y + 4);
        add_quantity(p, line);
        text_add(&p->t, "</text>");
    }
    if (width_of(unit) <= p->left - GAP)
        text_addf(&p->t, "<text x=\"%d\" y=\"12\" text-anchor=\"end\">", p->left - GAP);
    else
        text_add(&p->t, "<text x=\"0\" y=\"12\">");
    add_escaped(&p->t, unit);
    text_add(&p->t, "</text>\n");
}

/* A text with its middle at x, or at the right edge where it would be cut. */
static void
begin_text(struct plot *p, const struct chart_bar *bar, int wide, int x, int y)
{
    bool fits = x + wide / 2 <= p->width;

    text_addf(&p->t, "<text x=\"%d\" y=\"%d\" text-anchor=\"%s\"%s", fits ? x : p->width, y,
              fits ? "middle" : "end", bar->current ? " font-weight=\"700\"" : "");
}

static void
add_value(struct plot *p, const struct chart_bar *bar, int x, int y, const char *look)
{
    begin_text(p, bar, width_of_quantity(p, bar->milli), x, y);
    text_addf(&p->t, "%s>", look);
    add_quantity(p, bar->milli);
    text_add(&p->t, "</text>");
}

static void
draw_texts(struct plot *p, const struct chart_bar *bar, int i, int x, int y)
{
    if ((p->n - 1 - i) % p->every == 0) {
        begin_text(p, bar, width_of(bar->label), x, HEIGHT - BOTTOM + 17);
        text_add(&p->t, ">");
        add_escaped(&p->t, bar->label);
        text_add(&p->t, "</text>");
    }
    if (p->values || bar->current) {
        /* Twice, because WeasyPrint does not know paint-order: a white edge, the value. */
        add_value(p, bar, x, y, " stroke=\"#fff\" stroke-width=\"3\"");
        add_value(p, bar, x, y, bar->current ? " fill=\"" STRONG "\"" : "");
    }
}

static void
draw_bar(struct plot *p, const struct chart_bar *bar, int i)
{
    int slot = (p->width - p->left) / p->n, wide = slot * 62 / 100;
    int zero = y_of(p, 0), end = y_of(p, bar->milli);
    int x, y = end < zero ? end : zero, tall = abs(end - zero);

    /* Few bars are not blown up to towers. */
    wide = wide > 44 ? 44 : wide;
    x = p->left + (p->width - p->left) * i / p->n + (slot - wide) / 2;
    text_addf(&p->t, "<rect x=\"%d\" y=\"%d\" width=\"%d\" height=\"%d\" fill=\"%s\"/>", x,
              y, wide, tall, bar->current ? STRONG : SOFT);
    if (bar->estimated)
        text_addf(&p->t,
                  "<rect x=\"%d\" y=\"%d\" width=\"%d\" height=\"%d\" "
                  "fill=\"url(#estimated)\"/>",
                  x, y, wide, tall);
    draw_texts(p, bar, i, x + wide / 2, bar->milli < 0 ? end + VALUE - 1 : end - 5);
    text_add(&p->t, "\n");
}

static void
draw_words(struct plot *p, const struct chart_bar *bars, const char *title,
           const char *unit)
{
    text_add(&p->t, "<title>");
    add_escaped(&p->t, title);
    text_add(&p->t, "</title>\n<desc>");
    for (int i = 0; i < p->n; i++) {
        text_add(&p->t, i == 0 ? "" : "; ");
        add_escaped(&p->t, bars[i].label);
        text_add(&p->t, ": ");
        add_quantity(p, bars[i].milli);
        text_add(&p->t, " ");
        add_escaped(&p->t, unit);
        text_add(&p->t, bars[i].estimated ? " (E)" : "");
    }
    text_add(&p->t, "</desc>\n");
}

static void
draw(struct plot *p, const struct chart_bar *bars, const char *title, const char *unit)
{
    set_scale(p, bars);
    set_room(p, bars);
    text_addf(
        &p->t,
        "<svg class=\"history\" xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 %d %d\" "
        "role=\"img\" font-family=\"" FONTS "\" font-size=\"11\" fill=\"#37474f\">\n",
        p->width, HEIGHT);
    draw_words(p, bars, title, unit);
    text_add(&p->t,
             "<defs><pattern id=\"estimated\" width=\"6\" height=\"6\" "
             "patternUnits=\"userSpaceOnUse\" patternTransform=\"rotate(45)\">"
             "<path d=\"M0 0V6\" stroke=\"#fff\" stroke-width=\"4\"/></pattern></defs>\n");
    draw_grid(p, unit);
    for (int i = 0; i < p->n; i++)
        draw_bar(p, &bars[i], i);
    text_add(&p->t, "</svg>");
}

bool
chart_bars(const struct chart_bar *bars, int n, const char *title, const char *unit,
           const char *language, char **svg, struct err *e)
{
    return chart_bars_in(CHART_WIDTH, bars, n, title, unit, language, svg, e);
}

bool
chart_bars_in(int width, const struct chart_bar *bars, int n, const char *title,
              const char *unit, const char *language, char **svg, struct err *e)
{
    struct plot p = {.language = language, .n = n, .width = width};
    char *buffer;

    *svg = NULL;
    if (n < 0 || n > CHART_BARS_MAX)
        return err_set(e, FAIL_REJECT, "%d bars: a chart has at most %d", n,
                       CHART_BARS_MAX);
    buffer = malloc(n == 0 ? 1 : SVG_MAX);
    if (buffer == NULL)
        return err_set(e, FAIL_RETRY, "no memory for a chart");
    text_init(&p.t, buffer, n == 0 ? 1 : SVG_MAX);
    if (n > 0)
        draw(&p, bars, title, unit);
    if (p.t.cut) {
        free(buffer);
        return err_set(e, FAIL_REJECT, "the labels of a chart are too long");
    }
    *svg = buffer;
    return true;
}
