/* Limits, tokens and credit for meters that keep their own account. */
#include "meterpost/relay/prepaid.h"
#include "meterpost/store/list.h"
#include "world.h"

static const struct relay_who root = {"root", "cli"};
static const char words[] =
    "profile: gsm\nname: A meter that takes tokens\ncommodity: electricity\nsource: tests\n"
    "requests: {limit: 'LIMIT {{amount}} {{order}}', token: 'TOKEN {{token}}', credit: "
    "'CREDIT {{amount}}'}\n"
    "replies:\n  - {name: ok, kind: ack, pattern: '^OK (?<order>[0-9]+)$'}\n"
    "examples:\n  - {text: 'OK 7', expect: {kind: ack, order: \"7\"}}\n";

static struct world *w;
static struct relay r;

static void
begin(void)
{
    w = world_make(FAULT_NONE);
    profiles_free(w->profiles);
    load_profile(w, words);
    r = relay_of(w);
    cr_assert(store_begin(w->s, &e));
}

static void
end(void)
{
    cr_assert(store_commit(w->s, &e), "%s", e.text);
    world_end(w);
}

/* What goes to the meter; "" with the reason in e.text when it is refused. */
static const char *
text_for(const char *action, const char *value)
{
    static struct outbox_row m;
    int64_t id, outbox = 0;
    bool found;

    if (!relay_prepaid_send(&r, &root, &w->meter[0], action, value, &id, &e)) {
        cr_expect_eq(e.kind, FAIL_REJECT, "%s", e.text);
        return "";
    }
    do { /* the newest */
        cr_assert(outbox_row_get(w->s, ++outbox, &m, &found, &e), "%s", e.text);
    } while (found);
    cr_assert(outbox_row_get(w->s, outbox - 1, &m, &found, &e) && found, "%s", e.text);
    return m.text;
}

/* How the newest one stands. */
static void
expect_state(const char *state, const char *answer)
{
    json_t *rows =
        list_array(w->s, "prepaid_orders", &(struct list_filter){.limit = 1}, 2, &e);
    const json_t *row = json_array_get(rows, 0);
    const char *said = json_string_value(json_object_get(row, "answer"));

    cr_expect_str_eq(json_string_value(json_object_get(row, "state")), state);
    cr_expect_str_eq(said == NULL ? "" : said, answer);
    json_decref(rows);
}

static bool
hear(const char *kind, const char *order, const char *word)
{
    struct relay_heard h = {.meter_id = w->meter[0].id,
                            .kind = kind,
                            .relay = "",
                            .order = order,
                            .word = word,
                            .sent_at = r.now};
    char why[ERR_TEXT_MAX];
    bool aside;

    cr_assert(relay_hear(&r, &h, &aside, why, &e), "%s", e.text);
    return !aside;
}

TestSuite(prepaid_order, .init = begin, .fini = end);

Test(prepaid_order, values_are_read_as_people_write_them)
{
    static const struct {
        const char *action, *value, *text, *why;
    } cases[] = {
        {"limit", "25.50", "LIMIT 25.5 900000001", ""},
        {"limit", "100", "LIMIT 100 900000002", ""},
        {"limit", "0", "LIMIT 0 900000003", ""},
        {"limit", "-1", "", "it is zero or more"},
        {"limit", "a lot", "", ""},
        {"token", "1234-5678-9012-3456-7890", "TOKEN 12345678901234567890", ""},
        {"token", "1234 5678 9012 3456 7890", "TOKEN 12345678901234567890", ""},
        {"token", "1234567", "", "a token has 8 to 60 digits"},
        {"token", "12345678{{order}}", "", "a token has 8 to 60 digits"},
        {"credit", "5", "", "it would count twice"},
    };

    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        const char *got = text_for(cases[i].action, cases[i].value);

        cr_expect_str_eq(got, cases[i].text, "%s %s: got '%s', want '%s'", cases[i].action,
                         cases[i].value, got, cases[i].text);
        cr_expect(*cases[i].why == '\0' || strstr(e.text, cases[i].why) != NULL,
                  "%s %s: %s", cases[i].action, cases[i].value, e.text);
    }
}

Test(prepaid_order, an_answer_ends_the_order_that_it_means)
{
    text_for("limit", "5");
    expect_state("queued", "");
    cr_expect(hear("ack", "900000001", ""));
    expect_state("done", "done");
    text_for("token", "12345678901234567890");
    cr_expect(hear("error", "", "used token")); /* without a number: the newest */
    expect_state("refused", "used token");
    cr_expect_not(hear("ack", "900000001", ""), "said again, it is put aside");
    cr_expect_not(hear("ack", "77", ""), "of no order");
}

Test(prepaid_order, a_meter_without_words_for_it_is_refused)
{
    struct meter other = w->meter[1];
    int64_t id;

    strcpy(other.profile, "none");
    cr_expect_not(relay_prepaid_send(&r, &root, &other, "limit", "5", &id, &e));
    cr_expect_eq(e.kind, FAIL_REJECT);
}

Test(prepaid_order, the_record_has_the_end_of_a_token_alone)
{
    json_t *rows;
    char *all;

    text_for("token", "12345678901234567890");
    rows = list_array(w->s, "audit", &(struct list_filter){.limit = 5}, 2, &e);
    cr_assert_not_null(rows, "%s", e.text);
    all = json_dumps(rows, 0);
    cr_expect_not_null(strstr(all, "...7890"));
    cr_expect_null(strstr(all, "12345678"));
    free(all);
    json_decref(rows);
}
