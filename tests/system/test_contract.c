/*
 * What scripts rely on: the keys of JSON rows, as they are promised to them. More keys are
 * welcome, none of these may go.
 */
#include "relay_village.h"

#define SETTINGS "reading: {window: \"00:00-24:00\"}\nbackup: {days: 0}\n"

static void
begin(void)
{
    char name[20];

    begin_with(SETTINGS);
    settle_owing(2, "500");
    hear_all();
    json_decref(
        as("root", 0, "reading add %s 12 --date 2026-03-01T00:00", meter_name(1, name)));
    json_decref(as("root", 0, "--yes bill issue 2026-02"));
    json_decref(as(PROPOSER, 4, "cut propose %s --cause operator --reason test", name));
    idle();
}

TestSuite(contract, .init = begin, .fini = end, .timeout = 120);

/* The first row of a list, or the object. */
static const json_t *
row_of(const json_t *answer)
{
    return json_is_array(answer) ? json_array_get(answer, 0) : answer;
}

Test(contract, the_keys_that_are_promised_are_there)
{
    static const struct {
        const char *command, *keys;
    } cases[] = {
        {"reading list", "meter register value unit taken_at received_at quality source "
                         "status flags message"},
        {"outbox", "id to text kind state modem segments queued_at sent_at delivered_at "
                   "attempts error"},
        {"inbox", "id from text kind state modem segments sent_at received_at error"},
        {"bill list", "bill account period_from period_to issued_at due_at basis total "
                      "balance_before balance_due state corrects"},
        {"bill show 2026-000001", "bill account period_from period_to issued_at due_at "
                                  "basis lines total balance_before balance_due state "
                                  "corrects"},
        {"account show 2001", "account name balance phones meters stage protected"},
        {"meter show 000000000101", "meter account relay last_reading last_contact"},
        {"order list", "order meter action state reason approvals"},
        {"status", "idle next_due"},
        {"today", "now lines"},
    };

    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        json_t *answer = as("root", 0, "%s", cases[i].command);
        char keys[300], *save = NULL;

        snprintf(keys, sizeof(keys), "%s", cases[i].keys);
        for (char *key = strtok_r(keys, " ", &save); key != NULL;
             key = strtok_r(NULL, " ", &save))
            cr_expect_not_null(json_object_get(row_of(answer), key), "%s has no '%s'",
                               cases[i].command, key);
        json_decref(answer);
    }
}

Test(contract, a_line_of_a_bill_has_its_keys_and_amounts_are_text)
{
    static const char *const keys[] = {"code", "label", "qty", "rate", "amount"};
    json_t *bill = as("root", 0, "bill show 2026-000001");
    const json_t *line = json_array_get(json_object_get(bill, "lines"), 0);

    for (size_t i = 0; i < sizeof(keys) / sizeof(keys[0]); i++)
        cr_expect_not_null(json_object_get(line, keys[i]), "no '%s'", keys[i]);
    cr_expect(json_is_string(json_object_get(bill, "total")));
    cr_expect(json_is_string(json_object_get(line, "amount")));
    json_decref(bill);
}
