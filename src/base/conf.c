#include "meterpost/base/conf.h"

#include "base/conf_settings.h"
#include "meterpost/base/text.h"

#include <errno.h>
#include <libgen.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* The largest value of any setting: where one is parsed only to see whether it is good. */
union any_value {
    char text[CONF_PATH_MAX];
    int number;
    bool flag;
    struct pace pace;
    struct day_window window;
    struct money money;
};

struct load {
    struct conf *conf;
    const struct yaml *yaml;
    struct problems *problems;
    struct conf_context context;
    char folder[CONF_PATH_MAX];
    char country[4];
};

/* For yaml_read_checked(): every value that stands in the file. */
static bool
check_syntax(void *self, const char *path, const char *text, struct err *e)
{
    struct load *l = self;
    const struct setting *s = conf_setting_find(path);
    union any_value scratch;

    return s == NULL || conf_value_parse(s, &l->context, text, &scratch, e);
}

static bool
find_folder(struct load *l, const char *path)
{
    char copy[CONF_PATH_MAX], whole[PATH_MAX];

    if (!text_copy(copy, sizeof(copy), path) || realpath(dirname(copy), whole) == NULL ||
        !text_copy(l->folder, sizeof(l->folder), whole))
        return problems_add(l->problems, path, 0, 0, "%s", strerror(errno));
    l->context.folder = l->folder;
    return text_copy(l->conf->file, sizeof(l->conf->file), path) ||
           problems_add(l->problems, path, 0, 0, "the path is too long");
}

/* What the other values depend on is taken from the tree before they are looked at; a
 * fault in it is reported with the rest. */
static void
find_context(struct load *l)
{
    const char *currency = yaml_scalar(l->yaml, "utility.currency");
    const char *country = yaml_scalar(l->yaml, "utility.country_code");

    l->conf->decimals = currency_decimals(currency == NULL ? "" : currency);
    l->context.decimals = l->conf->decimals;
    if (country != NULL && !text_copy(l->country, sizeof(l->country), country))
        l->country[0] = '\0';
    l->context.country = l->country;
}

/* Values that libcyaml read went through check_syntax(), defaults are our own: a failure
 * here is a fault of this program's table. */
static bool
fill_one(struct load *l, const struct setting *s, const char *text, void *out)
{
    struct err e;

    if (conf_value_parse(s, &l->context, text, out, &e))
        return true;
    return problems_add(l->problems, l->conf->file, 0, 0, "%s: %s", s->key, e.text);
}

/* A list as written, or the default: words with a space between. */
static bool
fill_list(struct load *l, const struct setting *s, const char *raw, char *out)
{
    char **items = *(char ***)(uintptr_t)(raw + s->raw);
    int n = *(const int *)(uintptr_t)(raw + s->raw_count);
    char copy[CONF_TEXT_MAX], *rest = copy, *word;

    if (n > 0) {
        for (int i = 0; i < n; i++) {
            if (!fill_one(l, s, items[i], out + s->at + (size_t)i * s->size))
                return false;
        }
    } else if (text_copy(copy, sizeof(copy), s->text)) {
        while ((word = strsep(&rest, " ")) != NULL && (size_t)n < s->list_max) {
            if (*word == '\0')
                continue; /* a list that is empty unless the file has one */
            if (!fill_one(l, s, word, out + s->at + (size_t)n++ * s->size))
                return false;
        }
    }
    memcpy(out + s->count, &n, sizeof(n));
    return true;
}

/* All settings of a section: from the struct that libcyaml filled to that of conf.h. */
static bool
fill_section(struct load *l, const struct section *section, const void *raw, void *out)
{
    for (size_t i = 0; i < section->n; i++) {
        const struct setting *s = &section->settings[i];
        const char *text = *(char *const *)((const char *)raw + s->raw);
        bool good;

        if (s->list_max > 0)
            good = fill_list(l, s, raw, out);
        else
            good = fill_one(l, s, text == NULL ? s->text : text, (char *)out + s->at);
        if (!good)
            return false;
    }
    return true;
}

/* The mappings of a list into the structs at `out`, `size` bytes each. */
static bool
fill_entries(struct load *l, const struct section *section, const char *raw, void *out,
             size_t size, int n)
{
    const char *entries = *(char *const *)(raw + section->raw);

    for (int i = 0; i < n; i++) {
        if (!fill_section(l, section, entries + (size_t)i * section->raw_size,
                          (char *)out + (size_t)i * size))
            return false;
    }
    return true;
}

static int
count_entries(const struct section *section, const char *raw)
{
    return (int)*(const unsigned *)(raw + section->raw_count);
}

static bool
fill_conf(struct load *l, const char *raw)
{
    struct conf *c = l->conf;

    for (size_t i = 0; i < conf_sections_count; i++) {
        if (!fill_section(l, &conf_sections[i], raw + conf_sections[i].raw,
                          (char *)c + conf_sections[i].at))
            return false;
    }
    c->n_modems = count_entries(&conf_lists[LIST_MODEMS], raw);
    c->n_buses = count_entries(&conf_lists[LIST_BUSES], raw);
    c->arrears.n_stages = count_entries(&conf_lists[LIST_STAGES], raw);
    c->n_rounds = count_entries(&conf_lists[LIST_ROUNDS], raw);
    c->n_reports = count_entries(&conf_lists[LIST_REPORTS], raw);
    c->modems = calloc((size_t)c->n_modems + 1, sizeof(*c->modems));
    c->buses = calloc((size_t)c->n_buses + 1, sizeof(*c->buses));
    if (c->modems == NULL || c->buses == NULL)
        return problems_add(l->problems, c->file, 0, 0, "out of memory");
    return fill_entries(l, &conf_lists[LIST_MODEMS], raw, c->modems, sizeof(*c->modems),
                        c->n_modems) &&
           fill_entries(l, &conf_lists[LIST_BUSES], raw, c->buses, sizeof(*c->buses),
                        c->n_buses) &&
           fill_entries(l, &conf_lists[LIST_ROUNDS], raw, c->rounds, sizeof(c->rounds[0]),
                        c->n_rounds) &&
           fill_entries(l, &conf_lists[LIST_REPORTS], raw, c->reports,
                        sizeof(c->reports[0]), c->n_reports) &&
           fill_entries(l, &conf_lists[LIST_STAGES], raw, c->arrears.stages,
                        sizeof(c->arrears.stages[0]), c->arrears.n_stages);
}

/* The text of entry i in an array of structs of `size` bytes that have it at offset `at`.
 */
static const char *
text_of(const void *entries, size_t size, size_t at, int i)
{
    return (const char *)entries + (size_t)i * size + at;
}

/* No two entries of a list may have the same name, or device. */
static void
check_unique(struct load *l, const char *list, const char *key, const void *entries, int n,
             size_t size, size_t at)
{
    char path[64];

    for (int i = 1; i < n; i++) {
        const char *mine = text_of(entries, size, at, i);

        for (int j = 0; j < i; j++) {
            if (strcmp(text_of(entries, size, at, j), mine) != 0)
                continue;
            snprintf(path, sizeof(path), "%s[%d].%s", list, i, key);
            yaml_problem(l->yaml, l->problems, path,
                         "'%.60s' is taken by %s[%d]: every one needs its own", mine, list,
                         j);
            break;
        }
    }
}

#define CHECK_UNIQUE(l, list, key, entries, n)                                             \
    check_unique(l, list, #key, entries, n, sizeof((entries)[0]),                          \
                 (size_t)((const char *)(entries)[0].key - (const char *)(entries)))

static void
check_order(struct load *l, const char *path, bool good, const char *expected)
{
    if (!good)
        yaml_problem(l->yaml, l->problems, path, "expected %s", expected);
}

/* What a stage is, where only its name says so. */
static enum conf_stage_kind
kind_by_name(const char *name)
{
    static const struct {
        const char *name;
        enum conf_stage_kind kind;
    } kinds[] = {{"notice", STAGE_NOTICE},
                 {"final", STAGE_FINAL},
                 {"cut", STAGE_CUT},
                 {"visit", STAGE_VISIT}};

    for (size_t i = 0; i < sizeof(kinds) / sizeof(kinds[0]); i++) {
        if (strcmp(kinds[i].name, name) == 0)
            return kinds[i].kind;
    }
    return STAGE_REMINDER;
}

/* Is there a stage of that name before stage `n`? */
static bool
comes_before(const struct conf_arrears *a, int n, const char *name)
{
    for (int i = 0; i < n; i++) {
        if (strcmp(a->stages[i].name, name) == 0)
            return true;
    }
    return false;
}

static void
check_stages(struct load *l)
{
    struct conf_arrears *a = &l->conf->arrears;
    char path[64];

    for (int i = 0; i < a->n_stages; i++) {
        struct conf_stage *s = &a->stages[i];
        const struct conf_stage *last = i > 0 ? s - 1 : s;

        if (s->kind == STAGE_BY_NAME)
            s->kind = kind_by_name(s->name);
        snprintf(path, sizeof(path), "arrears.stages[%d].after", i);
        check_order(l, path, s->after[0] == '\0' || comes_before(a, i, s->after),
                    "the name of a stage before it");
        snprintf(path, sizeof(path), "arrears.stages[%d].after_due", i);
        check_order(l, path,
                    i == 0 || strcmp(s->class, last->class) != 0 ||
                        s->after_due_s - s->before_due_s >
                            last->after_due_s - last->before_due_s,
                    "more than in the stage before it");
        snprintf(path, sizeof(path), "arrears.stages[%d]", i);
        check_order(l, path,
                    s->template[0] != '\0' || s->kind == STAGE_CUT ||
                        s->kind == STAGE_VISIT,
                    "a template: only cut and visit go without a message");
    }
}

/* What waits for its hours must still be worth sending then. */
static void
check_hours(struct load *l)
{
    const struct conf_hours *h = &l->conf->hours;
    const struct conf_validity *v = &l->conf->validity;
    const struct {
        const char *name;
        struct day_window hours;
        int valid_s;
    } kinds[] = {
        {"alarm", h->alarm, v->alarm_s},       {"answer", h->answer, v->answer_s},
        {"receipt", h->receipt, v->receipt_s}, {"reply", h->reply, v->reply_s},
        {"notice", h->notice, v->notice_s},    {"bill", h->bill, v->bill_s},
        {"request", h->request, v->request_s},
    };
    char path[64];

    for (size_t i = 0; i < sizeof(kinds) / sizeof(kinds[0]); i++) {
        int open = kinds[i].hours.to_min - kinds[i].hours.from_min;
        int closed = MINUTES_A_DAY - (open > 0 ? open : open + MINUTES_A_DAY);

        if (kinds[i].valid_s > closed * MINUTE_S)
            continue;
        snprintf(path, sizeof(path), "validity.%s", kinds[i].name);
        if (yaml_has(l->yaml, path)) {
            yaml_problem(
                l->yaml, l->problems, path,
                "expected more than the %d h %02d min for which hours.%s is closed",
                closed / 60, closed % 60, kinds[i].name);
            continue;
        }
        snprintf(path, sizeof(path), "hours.%s", kinds[i].name);
        yaml_problem(l->yaml, l->problems, path,
                     "closed for %d h %02d min, but validity.%s is over by then",
                     closed / 60, closed % 60, kinds[i].name);
    }
}

/* A setting of a modem that names another modem. */
static void
check_other(struct load *l, int i, const char *key, const char *name, bool may_be_itself)
{
    const struct conf *c = l->conf;
    char path[64];

    if (*name == '\0')
        return;
    snprintf(path, sizeof(path), "modems[%d].%s", i, key);
    if (conf_modem_find(c, name) == NULL)
        yaml_problem(l->yaml, l->problems, path, "there is no modem '%.40s'", name);
    else if (!may_be_itself && strcmp(c->modems[i].name, name) == 0)
        yaml_problem(l->yaml, l->problems, path, "expected another modem");
}

static void
check_modems(struct load *l)
{
    const struct conf *c = l->conf;
    char path[64];
    struct err e;
    utc_t day;

    for (int i = 0; i < c->n_modems; i++) {
        const struct conf_modem *m = &c->modems[i];
        const struct conf_modem *whose = conf_modem_find(c, m->spare_for);

        check_other(l, i, "spare_for", m->spare_for, false);
        check_other(l, i, "loopback_from", m->loopback_from, true);
        if (whose != NULL && whose->spare_for[0] != '\0') {
            snprintf(path, sizeof(path), "modems[%d].spare_for", i);
            yaml_problem(l->yaml, l->problems, path, "'%.40s' is a spare itself",
                         m->spare_for);
        }
        snprintf(path, sizeof(path), "modems[%d].loopback", i);
        check_order(l, path, m->loopback_s == 0 || m->number[0] != '\0',
                    "0s, or `number` to be set: that is where the text goes");
        snprintf(path, sizeof(path), "modems[%d].expires", i);
        check_order(l, path, m->expires[0] == '\0' || clock_parse(m->expires, &day, &e),
                    "a day such as \"2027-03-31\"");
    }
}

/* What only shows when values are seen together. */
static bool
check_meaning(struct load *l)
{
    const struct conf *c = l->conf;
    const struct conf_validation *v = &c->validation;
    size_t before = problems_total(l->problems);

    CHECK_UNIQUE(l, "modems", name, c->modems, c->n_modems);
    CHECK_UNIQUE(l, "modems", device, c->modems, c->n_modems);
    CHECK_UNIQUE(l, "buses", name, c->buses, c->n_buses);
    CHECK_UNIQUE(l, "buses", device, c->buses, c->n_buses);
    CHECK_UNIQUE(l, "arrears.stages", name, c->arrears.stages, c->arrears.n_stages);
    CHECK_UNIQUE(l, "rounds", name, c->rounds, c->n_rounds);
    check_modems(l);
    check_stages(l);
    check_hours(l);
    check_order(l, "validation.very_high", v->very_high >= v->high, "at least 'high'");
    check_order(l, "validation.very_low", v->very_low <= v->low, "at most 'low'");
    check_order(l, "losses.amber", c->losses.amber >= c->losses.green, "at least 'green'");
    return problems_total(l->problems) == before;
}

bool
conf_load(const char *path, struct conf *out, struct problems *p)
{
    struct load l = {.conf = out, .problems = p};
    struct yaml *y;
    void *raw = NULL;
    bool good;

    *out = (struct conf){0};
    y = yaml_open_file(path, p);
    if (y == NULL)
        return false;
    l.yaml = y;
    good = find_folder(&l, path);
    if (good) {
        find_context(&l);
        good = yaml_read_checked(y, &conf_schema, check_syntax, &l, &raw, p) &&
               fill_conf(&l, raw) && check_meaning(&l);
    }
    yaml_data_free(&conf_schema, raw);
    yaml_close(y);
    if (!good)
        conf_free(out);
    return good;
}

void
conf_free(struct conf *c)
{
    free(c->modems);
    free(c->buses);
    *c = (struct conf){0};
}

const struct conf_modem *
conf_modem_find(const struct conf *c, const char *name)
{
    for (int i = 0; i < c->n_modems; i++) {
        if (strcmp(c->modems[i].name, name) == 0)
            return &c->modems[i];
    }
    return NULL;
}

int
conf_modem_route(const struct conf_modem *c, const char *number)
{
    int longest = -1;

    for (int i = 0; i < c->n_routes; i++) {
        int length = (int)strlen(c->routes[i]);

        if (length > longest && phone_matches(c->routes[i], number))
            longest = length;
    }
    return longest;
}

const struct conf_bus *
conf_bus_find(const struct conf *c, const char *name)
{
    for (int i = 0; i < c->n_buses; i++) {
        if (strcmp(c->buses[i].name, name) == 0)
            return &c->buses[i];
    }
    return NULL;
}

const char *
conf_protocol_name(enum conf_protocol protocol)
{
    switch (protocol) {
    case CONF_DLT645_2007: return "dlt645-2007";
    case CONF_DLT645_1997: return "dlt645-1997";
    case CONF_IEC62056_21: return "iec62056-21";
    case CONF_MODBUS_RTU: return "modbus-rtu";
    case CONF_MODBUS_TCP: return "modbus-tcp";
    case CONF_CJT188: return "cjt188";
    case CONF_MBUS: return "mbus";
    }
    return "unknown";
}
