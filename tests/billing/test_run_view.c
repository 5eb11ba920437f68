/* What a bill run tells: text messages, and the view that templates show. */
#include "billing/town.h"

#include "meterpost/billing/view.h"
#include "meterpost/store/outbox.h"

#include <sys/stat.h>

TestSuite(told, .init = town_make, .fini = town_remove);

static int64_t
add_in_class(const char *name, const char *class)
{
    struct account a = {.language = "en", .opened_at = at("2026-01-01")};
    struct contract c = {.tariff = "power", .valid_from = a.opened_at};
    int64_t id;

    snprintf(a.account, sizeof(a.account), "%s", name);
    snprintf(c.class, sizeof(c.class), "%s", class);
    cr_assert(account_add(s, &a, &id, &e) && contract_add(s, id, &c, &e), "%s", e.text);
    return id;
}

/* A folder of templates with one for text messages. */
static struct templates *
one_template(const char *text)
{
    static const char *const parts[] = {"/en/bill.sms.mustache", "/en", ""};
    char folder[] = "/tmp/meterpost-templates-XXXXXX", path[80];
    struct templates *t = NULL;
    FILE *f;

    cr_assert_not_null(mkdtemp(folder));
    snprintf(path, sizeof(path), "%s/en", folder);
    cr_assert_eq(mkdir(path, 0700), 0);
    snprintf(path, sizeof(path), "%s%s", folder, parts[0]);
    cr_assert_not_null(f = fopen(path, "w"));
    fputs(text, f);
    fclose(f);
    cr_assert(templates_open(folder, "en", &t, &e), "%s", e.text);
    for (size_t i = 0; i < sizeof(parts) / sizeof(parts[0]); i++) {
        snprintf(path, sizeof(path), "%s%s", folder, parts[i]);
        remove(path);
    }
    return t;
}

/* One account with a phone and one without are billed; gives the result. */
static json_t *
bill_two(const char *template)
{
    int64_t account = add_account("1", "power");
    struct templates *t = one_template(template);
    json_t *result;

    add_reading(add_meter("m", account, "2026-10-01", 0, 1), "2026-11-01T00:00", 41000);
    add_reading(add_meter("n", add_account("2", "power"), "2026-10-01", 0, 1),
                "2026-11-01T00:00", 1000);
    cr_assert(phone_add(s, account, "+254700000001", ROLE_MANAGE, 1000, &e), "%s", e.text);
    b.templates = t;
    result = run_month("2026-10");
    templates_close(t);
    cr_expect_eq(count_of(result, "issued"), 2);
    return result;
}

Test(told, each_bill_is_told_once_where_there_is_a_phone)
{
    static struct outbox_row row;
    json_t *result = bill_two("bill {{bill.number}}, pay {{totals.balance_due_shown}}");

    cr_expect_eq(count_of(result, "messages"), 1);
    cr_assert(outbox_row_get(s, 1, &row, &found, &e) && found);
    cr_expect_str_eq(row.key, "bill 2026-000001");
    cr_expect_str_eq(row.text, "bill 2026-000001, pay 719.20");
    cr_expect_eq(row.kind, OUT_BILL);
    json_decref(result);
}

Test(told, a_message_that_cannot_be_written_stops_no_bill)
{
    json_t *result = bill_two("{{no_such_field}}");

    cr_expect_eq(count_of(result, "messages"), 0);
    json_decref(result);
}

/* A text of an object of the view, or of element i of one of its lists. */
static const char *
text_at(const json_t *view, const char *part, size_t i, const char *key)
{
    if (part != NULL)
        view = json_object_get(view, part);
    if (json_is_array(view))
        view = json_array_get(view, i);
    return json_string_value(json_object_get(view, key));
}

Test(told, the_view_holds_what_a_bill_must_show)
{
    int64_t account = add_account("1042", "power");
    int64_t meter = add_meter("m1", account, "2026-10-01", 1000, 1);
    struct payment_new pay = {.account_id = account,
                              .amount = {100000},
                              .channel = "mpesa",
                              .reference = "R1",
                              .actor = "test"};
    struct payment_posted posted;
    json_t *view, *row;

    add_reading(meter, "2026-11-01T00:10", 2000000);
    add_reading(meter, "2026-12-01T00:10", 2010500);
    json_decref(run_month("2026-10"));
    cr_assert(payment_post(s, &pay, at("2026-11-05T09:00"), &posted, &e), "%s", e.text);
    b.now = at("2026-12-01T08:00");
    json_decref(run_month("2026-11"));
    view = billing_view_bill(s, &conf, "2026-000002", "en", &e);
    cr_assert_not_null(view, "%s", e.text);
    cr_expect_str_eq(text_at(view, "bill", 0, "month_long"), "November 2026");
    cr_expect_str_eq(text_at(view, "bill", 0, "due_on_short"), "15 Dec");
    cr_expect_str_eq(text_at(view, "totals", 0, "balance_before_shown"), "22,968.00");
    cr_expect_str_eq(text_at(view, "totals", 0, "payments"), "1000.00");
    cr_expect_str_eq(text_at(view, "totals", 0, "balance_due_shown"), "22,205.80");
    cr_expect_str_eq(text_at(view, "main", 0, "meter"), "m1");
    cr_expect_str_eq(text_at(view, "main", 0, "usage"), "10.5");
    cr_expect_str_eq(text_at(view, "readings", 0, "from_value_shown"), "2,000");
    cr_expect_str_eq(text_at(view, "lines", 1, "rate_shown"), "10.00");
    cr_expect_str_eq(text_at(view, "lines", 2, "rate"), "16%");
    cr_expect_null(text_at(view, "lines", 0, "rate"));
    cr_expect_str_eq(text_at(view, "payments", 0, "amount_shown"), "1,000.00");
    cr_expect_str_eq(text_at(view, "history", 0, "value"), "1000");
    cr_expect_str_eq(text_at(view, "history", 1, "label"), "Nov");
    json_decref(view);
    row = billing_json_bill(s, 2, "2026-000002", &e);
    cr_assert_not_null(row, "%s", e.text);
    cr_expect_str_eq(text_at(row, NULL, 0, "balance_due"), "22205.80");
    cr_expect_str_eq(text_at(row, "lines", 2, "amount"), "32.80");
    json_decref(row);
    cr_expect_null(billing_view_bill(s, &conf, "2026-000009", "en", &e));
    cr_expect_not_null(strstr(e.text, "there is no bill 2026-000009"));
}

#define SPOKEN                                                                              \
    "tariff: spoken\nname: Homes\nnames: {zh: 居民}\ncommodity: electricity\nunit: kWh\n" \
    "currency: KES\ndecimals: 2\ncomponents:\n"                                             \
    "  - {code: f, label: Fixed, labels: {zh: 基本费, fr: Abonnement}, type: fixed, "    \
    "amount: 100}\n"                                                                        \
    "  - {code: r, label: Energy, labels: {zh: 电费}, type: registers, rates: "           \
    "[{quantity: peak, rate: 1}, {quantity: valley, rate: 2}]}\n"

Test(told, what_stands_in_a_tariff_is_said_in_the_language_of_the_bill)
{
    static const struct {
        const char *language, *name, *fixed, *energy, *reading;
    } cases[] = {
        {"en", "Homes", "Fixed", "Energy off-peak", "Electricity, off-peak"},
        {"zh", "居民", "基本费", "电费 谷", "电, 谷"},
        {"fr", "Homes", "Abonnement", "Energy heures creuses",
         "Électricité, heures creuses"},
        {"sw", "Homes", "Fixed", "Energy nje ya kilele", "Umeme, nje ya kilele"},
    };
    int64_t meter;

    town_tariff(SPOKEN);
    meter = add_meter("m", add_account("1", "spoken"), "2026-10-01", 0, 1);
    add_reading(meter, "2026-11-01T00:00", 41000);
    add_reading_of(meter, "1-0:1.8.2", "2026-11-01T00:00", 31000, 'A', "");
    add_reading_of(meter, "1-0:1.8.4", "2026-11-01T00:00", 10000, 'A', "");
    json_decref(run_month("2026-10"));
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        json_t *view = billing_view_bill(s, &conf, "2026-000001", cases[i].language, &e);

        cr_assert_not_null(view, "%s", e.text);
        cr_expect_str_eq(json_string_value(json_object_get(view, "tariff")), cases[i].name);
        cr_expect_str_eq(text_at(view, "lines", 0, "label"), cases[i].fixed);
        cr_expect_str_eq(text_at(view, "lines", 2, "label"), cases[i].energy);
        cr_expect_str_eq(text_at(view, "readings", 2, "label"), cases[i].reading);
        json_decref(view);
    }
}

/* Cuts from Monday to Thursday, ten clear days after the notice. */
static const struct policy careful = {
    .notice_days = 10,
    .clear_days = true,
    .weekdays = {false, true, true, true, true, false, false},
    .hours = {{9 * 60, 15 * 60}, {9 * 60, 15 * 60}},
    .protected = {"hospital"},
    .n_protected = 1,
};

Test(told, a_bill_says_from_when_supply_may_be_cut)
{
    static const struct conf_stage cut = {
        .name = "cut", .kind = STAGE_CUT, .after_due_s = 20 * DAY_S};
    static const struct {
        const char *name, *class;
        const struct policy *policy;
        int stages;
        const char *want; /* due on the 15th; 20 days later is a Saturday */
    } cases[] = {
        {"who may be cut", "", &careful, 1, "2026-12-07"},
        {"without such a stage", "", &careful, 0, NULL},
        {"without a policy", "", NULL, 1, NULL},
        {"a class that is never cut", "hospital", &careful, 1, NULL},
    };

    conf.arrears.stages[0] = cut;
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        char name[8], number[20];
        json_t *view;

        snprintf(name, sizeof(name), "%zu", i + 1);
        snprintf(number, sizeof(number), "2026-%06zu", i + 1);
        b.policy = cases[i].policy;
        conf.arrears.n_stages = cases[i].stages;
        add_reading(add_meter(name, add_in_class(name, cases[i].class), "2026-10-01", 0, 1),
                    "2026-11-01T00:00", 41000);
        json_decref(run_month("2026-10"));
        view = billing_view_bill(s, &conf, number, "en", &e);
        cr_assert_not_null(view, "%s", e.text);
        if (cases[i].want == NULL)
            cr_expect_null(text_at(view, "bill", 0, "cut_on"), "%s", cases[i].name);
        else
            cr_expect_str_eq(text_at(view, "bill", 0, "cut_on"), cases[i].want, "%s",
                             cases[i].name);
        json_decref(view);
    }
}

/* Every field of the sample that templates are checked with must be in a real view. */
static void
expect_fields_of(const json_t *sample, const json_t *view, const char *path)
{
    const char *key;
    json_t *value;
    char below[128];

    if (json_is_array(sample) && json_array_size(sample) > 0 && json_array_size(view) > 0)
        expect_fields_of(json_array_get(sample, 0), json_array_get(view, 0), path);
    if (!json_is_object(sample) || json_is_null(view))
        return;
    json_object_foreach ((json_t *)sample, key, value) {
        snprintf(below, sizeof(below), "%s.%s", path, key);
        cr_expect_not_null(json_object_get(view, key), "the view lacks %s", below);
        expect_fields_of(value, json_object_get(view, key), below);
    }
}

Test(told, the_view_has_every_field_that_templates_are_promised)
{
    json_t *sample = json_load_file(TOP "/templates/samples/bill.json", 0, NULL), *view;
    int64_t account = add_account("1042", "power");
    struct payment_new pay = {
        .account_id = account, .amount = {100}, .channel = "cash", .actor = "test"};
    struct payment_posted posted;

    cr_assert_not_null(sample);
    cr_assert(payment_post(s, &pay, at("2026-10-05T09:00"), &posted, &e), "%s", e.text);
    add_reading(add_meter("m", account, "2026-10-01", 0, 1), "2026-11-01T00:00", 41000);
    json_decref(run_month("2026-10"));
    view = billing_view_bill(s, &conf, "2026-000001", "en", &e);
    cr_assert_not_null(view, "%s", e.text);
    expect_fields_of(sample, view, "bill");
    json_decref(view);
    json_decref(sample);
}

/* 41 at 1.01 is 41.41, asked for is 40: who adds the lines up finds the rest. */
Test(told, what_the_total_was_rounded_by_stands_on_the_bill)
{
    static const char *const kinds[] = {"txt", "html", "slip"};
    struct templates *t;

    town_tariff("tariff: tens\nname: T\ncommodity: electricity\nunit: kWh\ncurrency: KES\n"
                "decimals: 2\nrounding: {total: {mode: down, step: 10}}\ncomponents:\n"
                "  - {code: e, type: blocks, blocks: [{rate: \"1.01\"}]}\n");
    cr_assert(templates_open(TOP "/templates", "en", &t, &e), "%s", e.text);
    add_reading(add_meter("m", add_account("1042", "tens"), "2026-10-01", 0, 1),
                "2026-11-01T00:00", 41000);
    json_decref(run_month("2026-10"));
    for (size_t k = 0; k < 3; k++) {
        char *text = NULL;

        cr_assert(
            billing_render_bill(s, &conf, t, "2026-000001", kinds[k], "sw", &text, &e),
            "%s: %s", kinds[k], e.text);
        cr_expect_not_null(strstr(text, "-1.41"), "%s", text);
        free(text);
    }
    templates_close(t);
}

Test(told, the_shipped_templates_show_a_bill_in_every_kind_and_language)
{
    static const char *const kinds[] = {"sms", "txt", "html"};
    static const char *const languages[] = {"en", "zh"};
    struct templates *t;

    cr_assert(templates_open(TOP "/templates", "en", &t, &e), "%s", e.text);
    add_reading(add_meter("m", add_account("1042", "power"), "2026-10-01", 0, 1),
                "2026-11-01T00:00", 41000);
    json_decref(run_month("2026-10"));
    for (size_t k = 0; k < 3; k++) {
        for (size_t l = 0; l < 2; l++) {
            char *text = NULL;

            cr_assert(billing_render_bill(s, &conf, t, "2026-000001", kinds[k],
                                          languages[l], &text, &e),
                      "%s %s: %s", kinds[k], languages[l], e.text);
            cr_expect_not_null(strstr(text, "719.20"), "%s %s", kinds[k], languages[l]);
            free(text);
        }
    }
    templates_close(t);
}
