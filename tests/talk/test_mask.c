/* test_mask.c - what may be a code is nowhere to be found behind a text with one, however
 * it was written; and what is none is left. */
#include "parlour.h"

#include "meterpost/store/inbox.h"

TestSuite(mask, .init = parlour_open, .fini = parlour_close);

/* As it stands in the database afterwards. */
static const char *
kept(int64_t id)
{
    struct list_filter f = {.limit = 1000};
    json_t *rows = list_array(s, "inbox", &f, 2, &e), *row;
    static char out[4000];
    size_t i;

    out[0] = '\0';
    json_array_foreach (rows, i, row) {
        if (json_integer_value(json_object_get(row, "id")) == id) {
            char *all = json_dumps(row, JSON_COMPACT);

            snprintf(out, sizeof(out), "%s", all);
            free(all);
        }
    }
    json_decref(rows);
    return out;
}

static void
expect_gone(const char *from, const char *text, const char *const secrets[])
{
    const char *row = kept(hear(from, text));
    char answer[OUTBOX_TEXT_MAX];

    cr_expect_str_neq(row, "");
    told(NULL, answer, sizeof(answer));
    for (; *secrets != NULL; secrets++) {
        cr_expect_null(strstr(row, *secrets), "'%s' is kept as %s", text, row);
        cr_expect_null(strstr(answer, *secrets), "'%s' is answered: %s", text, answer);
    }
    parlour.now += 700;
}

Test(mask, codes_of_staff_are_kept_nowhere_however_they_are_written)
{
    static const struct {
        const char *text, *secrets[4];
    } cases[] = {
        {"HOLD 1042 7 482913", {"482913"}},
        {"hold 1042 482913", {"482913"}},
        {"hold 1042 7 482 913", {"482", "913"}},
        {"HOLD 1042 7 482-913", {"482-913", "482913"}},
        {"HOLD 1042 7 code 482913 please", {"482913"}},
        {"HOLD 1042 7 ４８２９１３", {"４８２", "482"}},
        {"HOLD 1042 7 ٤٨٢٩١٣", {"٤٨٢"}},
        {"HOLD 1042 7 482913 # as 482914 said", {"482913", "482914"}},
        {"HOLD 1042 7 482913 593024", {"482913", "593024"}},
        {"HODL 1042 7 482913", {"482913"}},
        {"HLD 1042 7 482 913", {"913"}},
        {"KILL 482913", {"482913"}},
        {"kill482913", {"482913"}},
        {"KIL 482913", {"482913"}},
        {"482913", {"482913"}},
        {"482 913", {"913"}},
        {"my code is 482913", {"482913"}},
        {"code: 482913.", {"482913"}},
        {"STATUS 20481 482913", {"482913"}},
        {"REPORT 482913", {"482913"}},
        {"DONE 12 482913", {"482913"}},
        {"BAL 1042 482913", {"482913"}},
        {"CUT 20481 0417 7QK3M9XD2PVA8", {"7QK3M9XD2PVA8", "7QK3M"}},
        {"CUT 20481 0417 7qk3m9xd2pva8", {"7qk3m9xd2pva8"}},
        {"CUT 20481 0417 7QK3M 9XD2P VA8", {"7QK3M", "9XD2P", "VA8"}},
        {"CTU 20481 0417 7QK3M9XD2PVA8", {"7QK3M9XD2PVA8"}},
        {"CTU 20481 0417 7QK3M 9XD2P ABCDE", {"7QK3M", "9XD2P", "ABCDE"}},
        {"CUT 20481 0417 ７ＱＫ３Ｍ９ＸＤ２ＰＶＡ８", {"７Ｑ", "ＶＡ"}},
        {"OK 17 91 7QK3M9XD2PVA8", {"7QK3M9XD2PVA8"}},
        {"YES 7F3K9 48291374", {"48291374"}},
        {"yes 7f3k9 4829 1374", {"4829", "1374"}},
        {"YES 48291374", {"48291374"}},
        {"YES 7F3K9 4829137", {"4829137"}},
        {"YES7F3K9 48291374", {"48291374"}},
        {"Y3S 7F3K9 4829 1374", {"1374"}},
        {"OUI 7F3K9 48291374", {"48291374"}},
        {"SI, 7F3K9: 4829-1374", {"4829-1374", "48291374"}},
        {"确认 7F3K9 48291374", {"48291374"}},
        {"确认7F3K948291374", {"48291374"}},
        {"NDIYO 7F3K9 48291374", {"48291374"}},
        {"48291374", {"48291374"}},
        {"CUT 482913 20481", {"482913"}},
        {"PAY 482913 1042 50", {"482913"}},
        {"TOPUP sim1 12345678901234", {"12345678901234"}},
        {"topup sim1 1234 5678 9012 34", {"5678", "9012"}},
        {"TOPPUP sim1 1234-5678-9012-34", {"5678", "9012"}},
    };

    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++)
        expect_gone(JONAS, cases[i].text, cases[i].secrets);
}

Test(mask, whatever_becomes_of_the_text_its_code_is_gone)
{
    static const char *const code[] = {"482913", NULL}, *const sheet[] = {"48291374", NULL},
                             *const sign[] = {"7QK3M9XD2PVA8", NULL};
    int64_t id;
    struct staff p;

    expect_gone("+254733999999", "CUT 20481 0417 7QK3M9XD2PVA8", sign);
    expect_gone("+254733999999", "YES 7F3K9 48291374", sheet);
    expect_gone(ASHA, "HOLD 1042 7 482913", code);
    cr_assert(mute_add(s, MUTE_EVERYBODY, 0, "stop", "root", parlour.now, NULL, &e));
    expect_gone(JONAS, "HOLD 1042 7 482913", code);
    cr_assert(mute_end(s, MUTE_EVERYBODY, parlour.now, &id, &e));
    id = hear_at(JONAS, "HOLD 1042 7 482913", parlour.now - 5 * DAY_S);
    cr_expect_null(strstr(kept(id), "482913"), "too old: %s", kept(id));
    cr_assert(staff_by_name(s, "jonas", &p, &found, &e) && found);
    cr_assert(staff_suspend(s, p.id, parlour.now, &e));
    expect_gone(JONAS, "HOLD 1042 7 482913", code);
}

Test(mask, what_is_no_code_is_left)
{
    static const struct {
        const char *from, *text;
    } cases[] = {
        {JONAS, "READ 204811"},
        {JONAS, "STATUS 20481"},
        {JONAS, "CUT 20481"},
        {JONAS, "OK 17"},
        {JONAS, "YES 7714"},
        {JONAS, "pole is down at km 12, send somebody"},
        {JONAS, "PAY 1042 500"},
        {JONAS, "NO 17"},
        {ASHA, "READ 123456"},
        {ASHA, "PAID 12345678"},
        {ASHA, "yes I will pay 500 tomorrow"},
        {ASHA, "COMPLAINT no water since 6, call 0722000001"},
        {"+254733999999", "REG 1042 4408.00"},
    };

    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        const char *row = kept(hear(cases[i].from, cases[i].text));

        cr_expect_not_null(strstr(row, cases[i].text), "'%s' is kept as %s", cases[i].text,
                           row);
        parlour.now += 700;
    }
}
