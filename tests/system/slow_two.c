/*
 * Two utilities whose modems are each other's customers: two real engines, each with its
 * own network, and a courier between them. However it begins, they fall silent.
 */
#include "relay_village.h"

#define MOST 10

static struct us {
    struct rig *rig;
    const char *number;
    json_int_t heard; /* of what it sent */
} us[2] = {{.number = "+254700000100"}, {.number = "+254700000200"}};

static void
begin_one(struct us *one, const char *modem, const char *other)
{
    char file[RIG_PATH_MAX], accounts[200];

    r = rig_create(&(struct rig_options){.start = MONDAY, .modems = {modem}}, &e);
    cr_assert(r != NULL && rig_emulator_start(r, &e) && rig_config(r, "", &e) &&
                  rig_engine_start(r, &e),
              "%s", e.text);
    one->rig = r;
    snprintf(accounts, sizeof(accounts),
             "account,name,tariff,phones,opening_balance\n"
             "2001,The others,domestic-electricity,%s,1500\n",
             other);
    cr_assert(rig_write(r, "accounts.csv", accounts, &e), "%s", e.text);
    json_decref(
        as("root", 0, "--yes import accounts %s", rig_path(r, "accounts.csv", file)));
}

static void
begin(void)
{
    begin_one(&us[0], "sim1:+254700000100", us[1].number);
    begin_one(&us[1], "sim1:+254700000200", us[0].number);
}

static void
finish(void)
{
    rig_destroy(us[0].rig);
    rig_destroy(us[1].rig);
}

TestSuite(two, .init = begin, .fini = finish, .timeout = 300);

static void
both_clocks(int seconds)
{
    for (int k = 0; k < 2; k++)
        cr_assert(rig_clock_set(us[k].rig, at(MONDAY) + seconds, &e), "%s", e.text);
}

/* What `from` has sent to the other one goes there; how many. */
static int
carry(struct us *from, struct us *to, int seconds)
{
    json_t *answer, *one;
    int carried = 0;
    size_t i;

    cr_assert(rig_wait_idle(from->rig, IDLE_MS, &e), "%s", e.text);
    answer = rig_ask(from->rig, &e, "{s:s,s:I}", "do", "sent", "since", from->heard);
    cr_assert_not_null(answer, "%s", e.text);
    from->heard = json_integer_value(json_object_get(answer, "next"));
    json_array_foreach (json_object_get(answer, "sent"), i, one) {
        if (strcmp(text_of(one, "to"), to->number) != 0)
            continue;
        printf("%s: %s\n", from->number, text_of(one, "text"));
        cr_assert(rig_inject(to->rig, from->number, "sim1", text_of(one, "text"), &e), "%s",
                  e.text);
        carried++;
    }
    json_decref(answer);
    both_clocks(seconds);
    return carried;
}

static void
expect_silence(const char *first, int *seconds)
{
    int messages = 1, quiet = 0;

    cr_assert(rig_inject(us[0].rig, us[1].number, "sim1", first, &e), "%s", e.text);
    for (int turn = 0; quiet < 2 && messages < 100; turn = !turn) {
        int n = carry(&us[turn], &us[!turn], *seconds += 5);

        messages += n;
        quiet = n == 0 ? quiet + 1 : 0;
    }
    cr_expect_leq(messages, MOST, "'%s': %d messages", first, messages);
    printf("'%s': silent after %d\n", first, messages);
    *seconds += 3600;
    both_clocks(*seconds);
}

Test(two, they_fall_silent_within_ten_messages)
{
    static const char *const firsts[] = {
        "BAL", "hello", "HELP", "STOP", "COMPLAINT no water since Monday", "YES"};
    int seconds = 0;

    for (size_t i = 0; i < sizeof(firsts) / sizeof(firsts[0]); i++)
        expect_silence(firsts[i], &seconds);
}
