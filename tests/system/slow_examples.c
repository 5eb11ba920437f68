/* Every example of the help works, and completion knows the commands. */
#include "example_village.h"

TestSuite(examples, .init = village_begin, .fini = village_end, .timeout = 600);

Test(examples, of_the_help_all_work)
{
    json_t *all = all_commands();
    const json_t *one;
    size_t i;

    json_array_foreach (all, i, one)
        try_one(before_of(json_string_value(json_object_get(one, "command"))),
                json_string_value(json_object_get(one, "example")));
    json_decref(all);
}

Test(examples, of_completion_work_in_bash)
{
    static const struct {
        const char *typed, *want;
    } cases[] = {
        {"meterpost rou", "round"},
        {"meterpost round st", "start"},
        {"meterpost round start --gr", "--group"},
        {"meterpost --config x pay ad", "add"},
        {"meterpost -q backup k", "key"},
        {"meterpost bill issue --ac", "--account"},
    };

    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        char lines[500];

        snprintf(lines, sizeof(lines),
                 "eval \"$(M completion bash)\"; COMP_WORDS=(%s); "
                 "COMP_CWORD=$((${#COMP_WORDS[@]} - 1)); _meterpost; [ \"${COMPREPLY[*]}\" "
                 "= '%s' ]",
                 cases[i].typed, cases[i].want);
        cr_expect_eq(shell(lines, NULL), 0, "%s: not %s", cases[i].typed, cases[i].want);
    }
}
