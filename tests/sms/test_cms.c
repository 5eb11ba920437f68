#include "sms/cms.h"

#include <criterion/criterion.h>

Test(cms, only_a_definite_no_is_a_proof)
{
    static const int definite[][2] = {
        {1, 1},   {8, 8},   {10, 10},   {21, 21},   {27, 30},   {50, 50},   {69, 69},
        {81, 81}, {95, 99}, {128, 255}, {302, 305}, {310, 318}, {320, 322}, {330, 331}};

    for (int code = -1; code <= 700; code++) {
        const char *words = NULL;
        bool proof = cms_outcome(code, &words) != WIRE_IN_DOUBT, want = false;

        for (size_t i = 0; i < sizeof(definite) / sizeof(definite[0]); i++)
            want = want || (code >= definite[i][0] && code <= definite[i][1]);
        cr_expect(proof == want, "code %d: %s", code, words);
        cr_expect(words != NULL && words[0] != '\0');
    }
}

Test(cms, what_passes_by_itself_may_be_tried_again)
{
    static const struct {
        int code;
        enum wire_outcome outcome;
    } cases[] = {
        {1, WIRE_REFUSED},    {28, WIRE_REFUSED},  {38, WIRE_IN_DOUBT},
        {192, WIRE_NOT_NOW},  {195, WIRE_REFUSED}, {304, WIRE_REFUSED},
        {322, WIRE_NOT_NOW},  {331, WIRE_NOT_NOW}, {332, WIRE_IN_DOUBT},
        {500, WIRE_IN_DOUBT},
    };

    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        const char *words;

        cr_expect(cms_outcome(cases[i].code, &words) == cases[i].outcome, "code %d: %s",
                  cases[i].code, words);
    }
}

Test(cms, trouble_with_the_sim_is_known)
{
    cr_expect(cms_is_sim_trouble(310) && cms_is_sim_trouble(311) &&
              cms_is_sim_trouble(316));
    cr_expect_not(cms_is_sim_trouble(331));
    cr_expect_not(cms_is_sim_trouble(-1));
}
