/*
 * Components of a tariff file: which key belongs to which type, and what its value may be.
 */
#include "meterpost/base/text.h"
#include "tariff_read.h"

#include <stdio.h>
#include <string.h>

#define FX (1U << COMPONENT_FIXED)
#define BL (1U << COMPONENT_BLOCKS)
#define RG (1U << COMPONENT_REGISTERS)
#define BF (1U << COMPONENT_BAND_FIXED)
#define PC (1U << COMPONENT_PERCENT)
#define MN (1U << COMPONENT_MINIMUM)

enum option_kind { OPTION_ELSEWHERE, OPTION_RATE, OPTION_QUANTITY, OPTION_TEXT };

#define RAW(member) offsetof(struct raw_component, member)
#define TO(member)  offsetof(struct component, member)

/* A key, the types that know it, those that need it, and where its value goes. */
static const struct option {
    const char *key;
    unsigned known, needed;
    enum option_kind kind;
    size_t from, to;
} options[] = {
    {"amount", FX | MN, FX, OPTION_RATE, RAW(amount), TO(amount)},
    {"factor", FX | PC, 0, OPTION_TEXT, RAW(factor), TO(factor_of)},
    {"per", FX | MN, 0, OPTION_TEXT, RAW(per), TO(per)},
    {"over", FX, 0, OPTION_QUANTITY, RAW(over), TO(over)},
    {"prorate", FX, 0, OPTION_ELSEWHERE, 0, 0},
    {"blocks", BL, BL, OPTION_ELSEWHERE, 0, 0},
    {"mode", BL, 0, OPTION_ELSEWHERE, 0, 0},
    {"basis", BL, 0, OPTION_ELSEWHERE, 0, 0},
    {"quantity", BL, 0, OPTION_ELSEWHERE, 0, 0},
    {"lines", BL, 0, OPTION_ELSEWHERE, 0, 0},
    {"scale", BL | BF, 0, OPTION_ELSEWHERE, 0, 0},
    {"rates", RG, RG, OPTION_ELSEWHERE, 0, 0},
    {"bands", BF, BF, OPTION_ELSEWHERE, 0, 0},
    {"rate", PC | MN, PC, OPTION_RATE, RAW(rate), TO(rate)},
    {"of", PC | MN, PC | MN, OPTION_ELSEWHERE, 0, 0},
    {"per_amount", MN, 0, OPTION_RATE, RAW(per_amount), TO(per_amount)},
    {"min_qty", MN, 0, OPTION_QUANTITY, RAW(min_qty), TO(min_qty)},
};

/* Keys that mean nothing without another. */
static const struct {
    const char *key, *other;
    unsigned types;
} pairs[] = {
    {"over", "per", FX},     {"per", "per_amount", MN}, {"per_amount", "per", MN},
    {"min_qty", "rate", MN}, {"rate", "min_qty", MN},
};

static void
path_of(char *path, int i, const char *key)
{
    snprintf(path, READING_PATH_MAX, "components[%d]%s%s", i, *key == '\0' ? "" : ".", key);
}

static bool
has_key(const struct reading *r, int i, const char *key)
{
    char path[READING_PATH_MAX];

    path_of(path, i, key);
    return yaml_has(r->y, path);
}

/* A factor stands in the place of an amount or a rate. */
static bool
given_by_factor(const struct reading *r, int i, const char *key)
{
    return has_key(r, i, "factor") &&
           (strcmp(key, "amount") == 0 || strcmp(key, "rate") == 0);
}

/* Only one of the two can be the amount or the rate. */
static void
check_factor(struct reading *r, int i, enum component_type type)
{
    const char *other = type == COMPONENT_PERCENT ? "rate" : "amount";
    char path[READING_PATH_MAX];

    path_of(path, i, "factor");
    if (has_key(r, i, "factor") && has_key(r, i, other))
        yaml_problem(r->y, r->problems, path,
                     "stands in the place of '%s': write one of them", other);
}

static void
check_keys(struct reading *r, int i, enum component_type type)
{
    char path[READING_PATH_MAX];
    const char *name = component_type_name(type);

    for (size_t k = 0; k < sizeof(options) / sizeof(options[0]); k++) {
        const struct option *o = &options[k];
        bool present = has_key(r, i, o->key);

        path_of(path, i, o->key);
        if (present && (o->known >> type & 1) == 0)
            yaml_problem(r->y, r->problems, path, "has no meaning for the type '%s'", name);
        if (!present && (o->needed >> type & 1) != 0 && !given_by_factor(r, i, o->key))
            yaml_problem(r->y, r->problems, path, "is missing: the type '%s' needs it",
                         name);
    }
    for (size_t k = 0; k < sizeof(pairs) / sizeof(pairs[0]); k++) {
        if ((pairs[k].types >> type & 1) == 0 || !has_key(r, i, pairs[k].key) ||
            has_key(r, i, pairs[k].other))
            continue;
        path_of(path, i, pairs[k].key);
        yaml_problem(r->y, r->problems, path, "needs '%s' beside it", pairs[k].other);
    }
}

static void
read_options(struct reading *r, int i, struct component *c)
{
    const struct raw_component *raw = &r->raw->components[i];
    char path[READING_PATH_MAX];

    for (size_t k = 0; k < sizeof(options) / sizeof(options[0]); k++) {
        const struct option *o = &options[k];
        const char *text;

        if (o->kind == OPTION_ELSEWHERE)
            continue;
        memcpy(&text, (const char *)raw + o->from, sizeof(text));
        if (text == NULL)
            continue;
        path_of(path, i, o->key);
        if (o->kind == OPTION_RATE)
            reading_number(r, path, text, RATE_PLACES, -TARIFF_RATE_MICRO,
                           TARIFF_RATE_MICRO, (int64_t *)((char *)c + o->to));
        else if (o->kind == OPTION_QUANTITY)
            reading_number(r, path, text, QUANTITY_PLACES, 0, TARIFF_MILLI_MAX,
                           (int64_t *)((char *)c + o->to));
        else
            text_copy((char *)c + o->to, TARIFF_CODE_MAX, text); /* the schema bounds it */
    }
}

/* One block, band or rate at `path`. */
static void
read_step(struct reading *r, const char *path, const struct raw_step *raw,
          struct tariff_step *out)
{
    char key[READING_PATH_MAX + 12];

    snprintf(key, sizeof(key), "%s.%s", path, raw->rate != NULL ? "rate" : "amount");
    reading_number(r, key, raw->rate != NULL ? raw->rate : raw->amount, RATE_PLACES,
                   -TARIFF_RATE_MICRO, TARIFF_RATE_MICRO, &out->rate.micro);
    if (raw->quantity != NULL)
        text_copy(out->quantity, sizeof(out->quantity), raw->quantity);
    out->limited = raw->upto != NULL;
    snprintf(key, sizeof(key), "%s.upto", path);
    reading_number(r, key, raw->upto, QUANTITY_PLACES, 0, TARIFF_MILLI_MAX,
                   &out->upto.milli);
}

/* Every limit must be above the one before it, and only the last may be open. */
static void
check_step(struct reading *r, const char *path, const struct component *c, int at, int n)
{
    const struct tariff_step *step = &c->steps[at];
    char key[READING_PATH_MAX + 12], last[AMOUNT_TEXT_MAX];

    if (c->type == COMPONENT_REGISTERS)
        return;
    if (!step->limited && at < n - 1) {
        yaml_problem(
            r->y, r->problems, path,
            "has no 'upto' and so takes everything: those after it are never reached");
        return;
    }
    if (!step->limited || at == 0 || !c->steps[at - 1].limited ||
        step->upto.milli > c->steps[at - 1].upto.milli)
        return;
    snprintf(key, sizeof(key), "%s.upto", path);
    yaml_problem(r->y, r->problems, key, "must be above %s, the limit before it",
                 decimal_print(c->steps[at - 1].upto.milli, QUANTITY_PLACES, true, last));
}

static void
read_steps(struct reading *r, int i, struct component *c)
{
    const struct raw_component *raw = &r->raw->components[i];
    const struct {
        const char *key;
        const struct raw_step *list;
        unsigned count;
    } lists[] = {{"blocks", raw->blocks, raw->blocks_count},
                 {"rates", raw->rates, raw->rates_count},
                 {"bands", raw->bands, raw->bands_count}};
    char path[READING_PATH_MAX];

    for (size_t k = 0; k < sizeof(lists) / sizeof(lists[0]); k++) {
        for (unsigned s = 0; s < lists[k].count; s++) {
            snprintf(path, sizeof(path), "components[%d].%s[%u]", i, lists[k].key, s);
            read_step(r, path, &lists[k].list[s], &c->steps[s]);
            check_step(r, path, c, (int)s, (int)lists[k].count);
        }
        if (lists[k].count > 0)
            c->n_steps = (int)lists[k].count;
    }
}

/* The components before number i that have this code, as bits. */
static uint32_t
earlier_with_code(const struct reading *r, int i, const char *code)
{
    uint32_t found = 0;

    for (int k = 0; k < i; k++) {
        if (strcmp(r->raw->components[k].code, code) == 0)
            found |= 1U << k;
    }
    return found;
}

static void
report_code(struct reading *r, const char *path, int i, const char *code)
{
    const char *codes[TARIFF_COMPONENTS_MAX], *near;

    for (int k = 0; k < (int)r->raw->components_count; k++) {
        codes[k] = r->raw->components[k].code;
        if (k >= i && strcmp(codes[k], code) == 0) {
            yaml_problem(r->y, r->problems, path,
                         "component '%s' does not stand before this one", code);
            return;
        }
    }
    near = nearest_word(code, codes, (size_t)i);
    if (near != NULL)
        yaml_problem(r->y, r->problems, path,
                     "no component has the code '%s': did you mean '%s'?", code, near);
    else
        yaml_problem(r->y, r->problems, path, "no component has the code '%s'", code);
}

static void
read_of(struct reading *r, int i, struct component *c)
{
    const struct raw_component *raw = &r->raw->components[i];
    char path[READING_PATH_MAX];

    for (unsigned k = 0; k < raw->of_count; k++) {
        uint32_t found = earlier_with_code(r, i, raw->of[k]);

        c->of |= found;
        if (found != 0)
            continue;
        snprintf(path, sizeof(path), "components[%d].of[%u]", i, k);
        report_code(r, path, i, raw->of[k]);
    }
}

/* Bits of the months of a season; 0 after reporting that there is none of that name. */
static uint16_t
season_months(struct reading *r, const char *path, const char *name)
{
    const char *names[12], *near;
    unsigned n = r->raw->seasons_count;
    unsigned months = 0;

    for (unsigned k = 0; k < n; k++) {
        const struct raw_season *season = &r->raw->seasons[k];

        names[k] = season->name;
        if (strcmp(season->name, name) != 0)
            continue;
        for (unsigned m = 0; m < season->months_count; m++)
            months |= season->months[m] <= 12 ? 1U << season->months[m] : 0;
        return (uint16_t)months;
    }
    near = nearest_word(name, names, n);
    if (near != NULL)
        yaml_problem(r->y, r->problems, path, "no season '%s': did you mean '%s'?", name,
                     near);
    else
        yaml_problem(r->y, r->problems, path,
                     "no season '%s': name it under 'seasons' with its months", name);
    return 0;
}

static void
read_when(struct reading *r, int i, struct tariff_when *out)
{
    const struct raw_when *raw = &r->raw->components[i].when;
    char path[READING_PATH_MAX];

    path_of(path, i, "when.season");
    if (raw->season != NULL)
        out->months = season_months(r, path, raw->season);
    if (raw->class_name != NULL)
        text_copy(out->class_name, sizeof(out->class_name), raw->class_name);
    out->scale = raw->scale;
    out->has_gt = raw->total_gt != NULL;
    path_of(path, i, "when.total_gt");
    reading_number(r, path, raw->total_gt, QUANTITY_PLACES, 0, TARIFF_MILLI_MAX,
                   &out->total_gt.milli);
    out->has_le = raw->total_le != NULL;
    path_of(path, i, "when.total_le");
    reading_number(r, path, raw->total_le, QUANTITY_PLACES, 0, TARIFF_MILLI_MAX,
                   &out->total_le.milli);
}

static void
read_quantity(struct reading *r, int i, struct component *c)
{
    const struct raw_quantity *raw = &r->raw->components[i].quantity;
    char path[READING_PATH_MAX];

    text_copy(c->from, sizeof(c->from), raw->from != NULL ? raw->from : "total");
    c->factor.micro = MICRO;
    path_of(path, i, "quantity.factor");
    reading_number(r, path, raw->factor, RATE_PLACES, 1, 1000 * (int64_t)MICRO,
                   &c->factor.micro);
    path_of(path, i, "quantity.over");
    reading_number(r, path, raw->over, QUANTITY_PLACES, 0, TARIFF_MILLI_MAX,
                   &c->over.milli);
}

static void
check_minimum(struct reading *r, int i, const struct component *c)
{
    char path[READING_PATH_MAX];

    path_of(path, i, "min_qty");
    if (c->min_qty.milli != 0 && (c->amount.micro != 0 || c->per[0] != '\0'))
        yaml_problem(r->y, r->problems, path,
                     "gives the floor, and so does 'amount': write one of them");
    path_of(path, i, "amount");
    if (!has_key(r, i, "amount") && !has_key(r, i, "min_qty"))
        yaml_problem(r->y, r->problems, path,
                     "is missing: the type 'minimum' needs it, or 'min_qty' and 'rate'");
}

void
reading_component(struct reading *r, int i)
{
    const struct raw_component *raw = &r->raw->components[i];
    struct component *c = &r->t->components[i];
    char path[READING_PATH_MAX];

    text_copy(c->code, sizeof(c->code), raw->code);
    text_copy(c->label, sizeof(c->label), raw->label != NULL ? raw->label : raw->code);
    reading_words(&raw->labels, &c->labels);
    c->type = raw->type;
    c->prorate = raw->prorate != 0;
    c->mode = raw->mode;
    c->ytd = raw->basis != 0;
    c->one_line = raw->lines != 0;
    c->scale = raw->scale;
    check_keys(r, i, c->type);
    check_factor(r, i, c->type);
    path_of(path, i, "round");
    reading_round(r, path, &raw->round, &c->round);
    read_when(r, i, &c->when);
    read_options(r, i, c);
    if (c->type == COMPONENT_BLOCKS)
        read_quantity(r, i, c);
    read_steps(r, i, c);
    read_of(r, i, c);
    if (c->type == COMPONENT_MINIMUM)
        check_minimum(r, i, c);
}
