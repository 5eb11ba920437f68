/* test_follow.c - answers to what we asked, without the word of the command. */
#include "parlour.h"

TestSuite(follow, .init = parlour_open, .fini = parlour_close);

/* Texts one after the other from one phone; the last is answered with `want` in it. */
static void
expect_talk(const char *from, const char *const texts[4], const char *want)
{
    const char *got = "";

    cr_assert(store_mark(s, &e), "%s", e.text);
    for (int i = 0; i < 4 && texts[i] != NULL; i++)
        got = answer_to(from, texts[i]);
    cr_expect(want[0] == '\0' ? got[0] == '\0' : strstr(got, want) != NULL,
              "'%s', '%s': got %s, want %s", texts[0], texts[1], got, want);
    cr_assert(store_undo(s, &e), "%s", e.text);
}

Test(follow, an_answer_needs_no_word)
{
    static const struct {
        const char *from, *texts[4], *want;
    } cases[] = {
        {OMAR, {"use", "1047"}, "1047: last month"},
        {OMAR, {"bill october", "1047"}, "1047: October bill"},
        {OMAR, {"read 321.5", "1047"}, "1047: thank you, reading 321.5 is accepted"},
        {OMAR, {"NAME 1047 shop", "use", "Shop"}, "last month"},
        {OMAR, {"how much do i owe on 1047"}, "1047: 4,408.00 KES"},
        {OMAR, {"1047"}, "1047: 4,408.00 KES"},
        {ASHA, {"read", "321"}, "reading 321 is accepted"},
        {ASHA, {"321", "321"}, "reading 321 is accepted"},
        {ASHA, {"complaint", "the man shouted at me"}, "Your ticket is 00001"},
        {ASHA, {"paid", "QX81KD92"}, "We are looking for receipt QX81KD92"},
        {ASHA, {"paid", "it was QX81KD92 yesterday"}, "receipt QX81KD92"},
        {LI, {"抄表", "321"}, "读数321已采用"},
        {ZAWA, {"nimelipa", "QX81KD92"}, "risiti QX81KD92"},
        /* Another command, or nothing that answers, is not taken for an answer. */
        {ASHA, {"read", "bal"}, "4,408.00 KES due"},
        {ASHA, {"paid", "never mind"}, "text BAL what you owe"},
        {ASHA, {"321"}, "look at the meter and text READ"},
        {ASHA, {"0722123456"}, "text BAL what you owe"},
    };

    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++)
        expect_talk(cases[i].from, cases[i].texts, cases[i].want);
}

Test(follow, a_late_answer_is_none)
{
    const char *got;

    answer_to(ASHA, "complaint");
    parlour.now += HOUR_S;
    got = answer_to(ASHA, "the man shouted at me");
    cr_expect(strstr(got, "ticket") == NULL, "%s", got);
}
