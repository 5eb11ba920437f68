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
#define LEFT       52 /* of the axis; numbers stand left of it */
#define TOP_EDGE   26 /* above the highest line; the unit stands there */
#define BOTTOM     26 /* below the lowest line; labels stand there */
#define GRID_LINES 4
#define UNIT_SHORT 6  /* bytes that fit left of the axis */
#define VALUES_MAX 16 /* up to so many bars have their value above them */
#define SVG_MAX    32768
#define LETTER     6 /* wide, about; digits are no wider */
#define AIR        6 /* between two labels */
#define STRONG     "#0f5c7a"
#define SOFT       "#a9cbd9"

struct plot {
    struct text t;
    const char *language;
    int64_t top; /* milli at the highest line */
    int n;
    int width;
    int every; /* every so many bars have room for a label */
};

/* Columns that the text takes, about: wide characters take two. */
static int
room_for(const char *text)
{
    int columns = 0;

    for (; *text != '\0'; text++)
        columns +=
            ((unsigned char)*text & 0xc0) != 0x80 ? 1 + ((unsigned char)*text >= 0xe3) : 0;
    return columns * LETTER + AIR;
}

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

/* The distance of the lines: 1, 2 or 5 with zeros, so that at most GRID_LINES of them reach
 * the largest value. */
static int64_t
grid_step(int64_t largest)
{
    static const int64_t steps[] = {1, 2, 5};
    int64_t scale = 1;

    for (;; scale *= 10)
        for (int i = 0; i < 3; i++)
            if (steps[i] * scale >= largest / GRID_LINES + (largest % GRID_LINES != 0) ||
                scale > INT64_MAX / 100)
                return steps[i] * scale;
}

static int
height_of(const struct plot *p, int64_t milli)
{
    int room = HEIGHT - TOP_EDGE - BOTTOM;

    if (milli <= 0)
        return 0;
    return milli >= p->top ? room : (int)((int128)milli * room / p->top);
}

static void
draw_grid(struct plot *p, int64_t step, const char *unit)
{
    for (int64_t line = 0; line <= p->top / step; line++) {
        int y = HEIGHT - BOTTOM - height_of(p, line * step);

        text_addf(&p->t,
                  "<path d=\"M%d %dH%d\" stroke=\"%s\"/>"
                  "<text x=\"%d\" y=\"%d\" text-anchor=\"end\">",
                  LEFT, y, p->width, line == 0 ? "#5b6b73" : "#dfe6ea", LEFT - 6, y + 4);
        add_quantity(p, line * step);
        text_add(&p->t, "</text>");
    }
    if (strlen(unit) <= UNIT_SHORT)
        text_addf(&p->t, "<text x=\"%d\" y=\"12\" text-anchor=\"end\">", LEFT - 6);
    else
        text_add(&p->t, "<text x=\"0\" y=\"12\">");
    add_escaped(&p->t, unit);
    text_add(&p->t, "</text>\n");
}

static void
add_value(struct plot *p, const struct chart_bar *bar, int x, int y, const char *look)
{
    text_addf(&p->t, "<text x=\"%d\" y=\"%d\" text-anchor=\"middle\"%s%s>", x, y,
              bar->current ? " font-weight=\"700\"" : "", look);
    add_quantity(p, bar->milli);
    text_add(&p->t, "</text>");
}

/* Under the middle of the bar, but not over the edge. */
static void
add_label(struct plot *p, const struct chart_bar *bar, int x)
{
    bool at_edge = x + room_for(bar->label) / 2 > p->width;

    text_addf(&p->t, "<text x=\"%d\" y=\"%d\" text-anchor=\"%s\"%s>",
              at_edge ? p->width : x, HEIGHT - BOTTOM + 17, at_edge ? "end" : "middle",
              bar->current ? " font-weight=\"700\"" : "");
    add_escaped(&p->t, bar->label);
    text_add(&p->t, "</text>");
}

static int
value_room(const struct plot *p, const struct chart_bar *bar)
{
    char number[LANGUAGE_TEXT_MAX];

    return room_for(language_quantity((struct quantity){bar->milli}, p->language, number));
}

static void
draw_bar(struct plot *p, const struct chart_bar *bar, int i)
{
    int slot = (p->width - LEFT) / p->n, wide = slot * 62 / 100,
        tall = height_of(p, bar->milli);
    int x, y = HEIGHT - BOTTOM - tall;

    /* Few bars are not blown up to towers. */
    wide = wide > 44 ? 44 : wide;
    x = LEFT + (p->width - LEFT) * i / p->n + (slot - wide) / 2;
    text_addf(&p->t, "<rect x=\"%d\" y=\"%d\" width=\"%d\" height=\"%d\" fill=\"%s\"/>", x,
              y, wide, tall, bar->current ? STRONG : SOFT);
    if (bar->estimated)
        text_addf(&p->t,
                  "<rect x=\"%d\" y=\"%d\" width=\"%d\" height=\"%d\" "
                  "fill=\"url(#estimated)\"/>",
                  x, y, wide, tall);
    if ((p->n - 1 - i) % p->every == 0) /* the last one has its label */
        add_label(p, bar, x + wide / 2);
    if (p->n <= VALUES_MAX && value_room(p, bar) <= slot) {
        /* Twice, because WeasyPrint does not know paint-order: a white edge, the value. */
        add_value(p, bar, x + wide / 2, y - 5, " stroke=\"#fff\" stroke-width=\"3\"");
        add_value(p, bar, x + wide / 2, y - 5, bar->current ? " fill=\"" STRONG "\"" : "");
    }
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
    int64_t largest = 0, step, lines;
    int slot = (p->width - LEFT) / p->n, label = 1;

    for (int i = 0; i < p->n; i++) {
        largest = bars[i].milli > largest ? bars[i].milli : largest;
        label = room_for(bars[i].label) > label ? room_for(bars[i].label) : label;
    }
    p->every = (label + slot - 1) / slot;
    if (largest == 0)
        largest = 1000; /* nothing at all, beside an axis of one unit */
    step = grid_step(largest);
    lines = largest / step + (largest % step != 0);
    p->top = step * (lines < GRID_LINES ? lines : GRID_LINES);
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
    draw_grid(p, step, unit);
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
