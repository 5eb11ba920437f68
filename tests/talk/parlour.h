/*
 * parlour.h - a small utility where people text: customers in five languages with meters,
 * bills and debts, and three of staff. For tests of what is answered.
 */
#ifndef TESTS_TALK_PARLOUR_H
#define TESTS_TALK_PARLOUR_H

#include "billing/town.h"
#include "meterpost/base/text.h"
#include "meterpost/sms/outbox.h"
#include "meterpost/store/list.h"
#include "meterpost/store/staff.h"
#include "meterpost/store/talk.h"
#include "meterpost/talk/code.h"
#include "meterpost/talk/phones.h"
#include "meterpost/talk/route.h"

#define ASHA  "+254722000001" /* 1042, en; meter 20481, owes */
#define JUAN  "+254722000002" /* 1043, es */
#define CLEM  "+254722000003" /* 1044, fr */
#define ZAWA  "+254722000004" /* 1045, sw */
#define LI    "+254722000005" /* 1046, zh */
#define OMAR  "+254722000006" /* 1047 and 1048, en */
#define AUNT  "+254722000007" /* 1042, may only look */
#define JONAS "+254722000101" /* operator */
#define AMINA "+254722000102" /* admin */
#define PETER "+254722000103" /* reader */

static struct desk parlour;
static struct conf_modem parlour_modem = {
    .name = "sim1", .number = "+254700000100", .rate = {60, 60}};
static char parlour_key[80];

static inline int64_t
parlour_account(const char *number, const char *name, const char *language,
                const char *phone)
{
    struct account a = {.opened_at = at("2026-01-01")};
    struct contract c = {.valid_from = at("2026-01-01")};
    int64_t id;

    snprintf(a.account, sizeof(a.account), "%s", number);
    snprintf(a.name, sizeof(a.name), "%s", name);
    snprintf(a.language, sizeof(a.language), "%s", language);
    cr_assert(account_add(s, &a, &id, &e), "%s", e.text);
    snprintf(c.tariff, sizeof(c.tariff), "power");
    cr_assert(contract_add(s, id, &c, &e), "%s", e.text);
    cr_assert(phone_add(s, id, phone, ROLE_MANAGE, at("2026-01-01"), &e), "%s", e.text);
    return id;
}

/* A meter with a reading at each start of a month, 20 kWh apart. */
static inline void
parlour_meter(const char *serial, int64_t account)
{
    int64_t meter = add_meter(serial, account, "2026-01-01", 100, 1);
    char day[16];

    for (int month = 2; month <= 11; month++) {
        snprintf(day, sizeof(day), "2026-%02d-01", month);
        add_reading(meter, day, 100000 + (month - 1) * 20000);
    }
}

static inline int64_t
parlour_staff(const char *name, const char *full, enum staff_role role, const char *phone)
{
    struct staff p = {
        .role = role, .since = at("2026-01-01"), .phone_since = at("2026-01-01")};
    int64_t id;

    snprintf(p.staff, sizeof(p.staff), "%s", name);
    snprintf(p.name, sizeof(p.name), "%s", full);
    snprintf(p.phone, sizeof(p.phone), "%s", phone);
    snprintf(p.language, sizeof(p.language), "en");
    cr_assert(staff_add(s, &p, &id, &e), "%s", e.text);
    return id;
}

static inline void
parlour_settings(void)
{
    snprintf(conf.utility.name, sizeof(conf.utility.name), "Kibo Power");
    snprintf(conf.utility.country_code, sizeof(conf.utility.country_code), "254");
    snprintf(conf.utility.language, sizeof(conf.utility.language), "en");
    snprintf(conf.utility.phone, sizeof(conf.utility.phone), "0700123456");
    snprintf(conf.utility.pay_code, sizeof(conf.utility.pay_code), "555123");
    conf.modems = &parlour_modem;
    conf.n_modems = 1;
    conf.limits = (struct conf_limits){.message_age_s = 2 * DAY_S,
                                       .replies_per_number = {5, 600},
                                       .replies_per_day = 20,
                                       .replies_total = {200, 3600},
                                       .phone_rest_s = 7 * DAY_S,
                                       .phone_silence_s = 3650 * DAY_S};
    conf.staff = (struct conf_staff){.code_step_s = 60,
                                     .code_window = 10,
                                     .lockout_failures = 5,
                                     .lockout_s = HOUR_S,
                                     .code_life_s = 90 * DAY_S,
                                     .phone_rest_s = DAY_S,
                                     .confirm_s = 600,
                                     .digest_min = 18 * 60};
    conf.alarms.group_s = 300;
    conf.alarms.escalate_s = 900;
    snprintf(parlour_key, sizeof(parlour_key), "%s/staff.key", town_dir);
    snprintf(conf.staff.key_file, sizeof(conf.staff.key_file), "%s", parlour_key);
}

/* Everybody, on 2026-11-10 at noon, with bills of October. */
static inline void
parlour_open(void)
{
    static const struct {
        const char *number, *name, *language, *phone, *meter;
    } people[] = {{"1042", "Asha Njeri", "en", ASHA, "20481"},
                  {"1043", "Juan Perez", "es", JUAN, "20482"},
                  {"1044", "Clement Roy", "fr", CLEM, "20483"},
                  {"1045", "Zawadi Juma", "sw", ZAWA, "20484"},
                  {"1046", "Li Wei", "zh", LI, "20485"},
                  {"1047", "Omar Shop", "en", OMAR, "20486"}};
    struct problems p = {0};
    int64_t id;

    town_make();
    parlour_settings();
    for (size_t i = 0; i < sizeof(people) / sizeof(people[0]); i++)
        parlour_meter(people[i].meter,
                      parlour_account(people[i].number, people[i].name, people[i].language,
                                      people[i].phone));
    id = parlour_account("1048", "Omar House", "en", OMAR);
    cr_assert(phone_add(s, 1, AUNT, ROLE_VIEW, at("2026-01-01"), &e), "%s", e.text);
    (void)id;
    parlour_staff("jonas", "Jonas Mushi", STAFF_OPERATOR, JONAS);
    parlour_staff("amina", "Amina Said", STAFF_ADMIN, AMINA);
    parlour_staff("peter", "Peter Otieno", STAFF_READER, PETER);
    json_decref(run_month("2026-10"));
    parlour.conf = &conf;
    parlour.store = s;
    parlour.now = at("2026-11-10T12:00");
    conf.arrears.promise_s = 14 * DAY_S;
    conf.arrears.promises = 2;
    conf.arrears.plan_parts = 3;
    cr_assert_not_null(parlour.policy = policy_load(&conf, &p));
    cr_assert_not_null(parlour.words = words_load(TOP "/conf/words", &p));
    cr_assert(templates_open(TOP "/templates", "en", &parlour.templates, &e), "%s", e.text);
}

static inline void
parlour_close(void)
{
    words_free(parlour.words);
    free(parlour.policy);
    templates_close(parlour.templates);
    unlink(parlour_key);
    town_remove();
}

static int parlour_second; /* each message has a time of its own */

/* Let a text come in. The id of its row. */
static inline int64_t
hear_at(const char *from, const char *text, utc_t written_at)
{
    static struct inbox_row m;

    memset(&m, 0, sizeof(m));
    snprintf(m.modem, sizeof(m.modem), "sim1");
    snprintf(m.sender, sizeof(m.sender), "%s", from);
    utf8_clean(m.text, sizeof(m.text), text, strlen(text));
    m.sender_kind = PHONE_E164;
    m.parts = 1;
    m.received_at = parlour.now;
    m.smsc_at = written_at;
    cr_assert(inbox_row_add(s, &m, &m.id, &e), "%s", e.text);
    cr_assert(talk_route(&parlour, &m, &e), "'%s': %s", text, e.text);
    return m.id;
}

static inline int64_t
hear(const char *from, const char *text)
{
    return hear_at(from, text, parlour.now - 30 + parlour_second++ % 30);
}

/* How many messages wait to go to a number (NULL: to anybody); the newest in `text`. */
static inline size_t
told(const char *to, char *text, size_t size)
{
    struct list_filter f = {.subject = to, .limit = 100000};
    json_t *rows = list_array(s, "outbox", &f, 2, &e);
    size_t n = json_array_size(rows);

    if (text != NULL)
        snprintf(text, size, "%s",
                 n == 0
                     ? ""
                     : json_string_value(json_object_get(json_array_get(rows, 0), "text")));
    json_decref(rows);
    return n;
}

/* What is answered to a text: "" for silence. */
static inline const char *
answer_to(const char *from, const char *text)
{
    static char out[OUTBOX_TEXT_MAX];
    size_t before = told(from, NULL, 0);

    hear(from, text);
    if (told(from, out, sizeof(out)) == before)
        out[0] = '\0';
    return out;
}

#endif
