/*
 * What is known about a person, as the command line writes it out and takes it back: two
 * customers share a phone, and neither is told of the other.
 */
#include "rig/rig.h"

#include "store/stmt.h"

#include <criterion/criterion.h>
#include <string.h>

static struct rig *r;
static struct err e;

static void
begin(void)
{
    static const char messages[] =
        "INSERT INTO inbox (modem, sender, sender_kind, text, parts, state, received_at,"
        " account_id) SELECT 'sim1', '+254722000001', 'number', name || ' asks', 1, 'done',"
        " 100, id FROM account";
    char path[RIG_PATH_MAX];
    json_t *answer;
    struct store *s;
    struct stmt *q;

    r = rig_create(&(struct rig_options){0}, &e);
    cr_assert_not_null(r, "%s", e.text);
    cr_assert(rig_config(r, "", &e) &&
                  rig_write(r, "accounts.csv",
                            "account,name,tariff,phones\n"
                            "1001,Asha,domestic-electricity,0722000001\n"
                            "1002,Ben,domestic-electricity,0722000001\n",
                            &e),
              "%s", e.text);
    cr_assert_eq(rig_meterpost(r, &answer, &e, "import", "accounts",
                               rig_path(r, "accounts.csv", path), NULL),
                 0, "%s", e.text);
    json_decref(answer);
    cr_assert(store_open(rig_path(r, "meterpost.db", path), STORE_WRITE, &s, &e), "%s",
              e.text);
    q = stmt_get(s, messages, &e);
    cr_assert(q != NULL && stmt_run(q, &e), "%s", e.text);
    store_close(s);
}

static void
end(void)
{
    rig_destroy(r);
}

TestSuite(person, .init = begin, .fini = end, .timeout = 60);

static void
exported(const char *account, const char *wanted, const char *others)
{
    json_t *answer;
    char *text;

    cr_assert_eq(rig_meterpost(r, &answer, &e, "account", "export", account, NULL), 0, "%s",
                 e.text);
    text = json_dumps(answer, 0);
    cr_expect(strstr(text, wanted) != NULL, "%s: no '%s' in %s", account, wanted, text);
    cr_expect(strstr(text, others) == NULL, "%s: '%s' in %s", account, others, text);
    free(text);
    json_decref(answer);
}

Test(person, is_told_of_nobody_else)
{
    exported("1001", "Asha asks", "Ben");
    exported("1002", "Ben asks", "Asha");
}

Test(person, is_erased_and_what_stays_is_said)
{
    json_t *answer;

    cr_assert_eq(rig_meterpost(r, &answer, &e, "account", "erase", "1001", "--reason",
                               "asked", "--yes", NULL),
                 1, "it is open");
    json_decref(answer);
    cr_assert_eq(rig_meterpost(r, &answer, &e, "account", "close", "1001", NULL), 0, "%s",
                 e.text);
    json_decref(answer);
    cr_assert_eq(rig_meterpost(r, &answer, &e, "account", "erase", "1001", "--reason",
                               "asked", "--yes", NULL),
                 0, "%s", e.text);
    cr_expect_eq(json_integer_value(json_object_get(answer, "messages")), 1);
    cr_expect(json_is_integer(json_object_get(answer, "audit_rows")));
    json_decref(answer);
    exported("1002", "Ben asks", "Asha");
}
