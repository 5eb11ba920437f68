/* pay_import.c - hand a statement to the engine, as UTF-8 whatever it was written in. */
#include "cli.h"
#include "encoding.h"
#include "file.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static void
print_booked(const struct cli *c, const json_t *o)
{
    const char *keys[] = {"entries", "matched", "suspense", "existing", "paid_out"};
    long long n[5];

    for (size_t i = 0; i < 5; i++)
        n[i] = (long long)json_integer_value(json_object_get(o, keys[i]));
    printf("%s%lld entries: %lld matched, %lld in suspense, %lld booked before, %lld went "
           "out; %s booked by %s\n",
           c->dry_run ? "only tried: " : "", n[0], n[1], n[2], n[3], n[4],
           json_string_value(json_object_get(o, "total")),
           json_string_value(json_object_get(o, "channel")));
    if (n[2] > 0)
        say_note(c, "look at them with: meterpost suspense");
}

enum status
run_pay_import(struct cli *c)
{
    static const char *const options[][2] = {
        {"--format", "format"}, {"--map", "map"}, {"--channel", "channel"}};
    char *bytes, *text;
    json_t *arguments, *answer;
    enum status status;
    struct err e;
    size_t n;

    if ((bytes = file_read(c->args[0], &n, &e)) == NULL)
        return say_failure(&e);
    text = encoding_to_utf8(c->args[0], bytes, n, cli_option(c, "--encoding"), &e);
    free(bytes);
    if (text == NULL)
        return say_failure(&e);
    arguments = json_pack("{s:s, s:s, s:b}", "file", c->args[0], "text", text, "accept_gap",
                          cli_option(c, "--accept-gap") != NULL);
    free(text);
    for (size_t i = 0; i < 3; i++) {
        if (cli_option(c, options[i][0]) != NULL)
            json_object_set_new(arguments, options[i][1],
                                json_string(cli_option(c, options[i][0])));
    }
    status = session_run(c, "pay.import", arguments, &answer);
    if (answer == NULL)
        return status;
    if (c->form != FORM_TEXT)
        print_object(c, answer);
    else if (status == STATUS_FAILED)
        say_problems(answer);
    else
        print_booked(c, answer);
    json_decref(answer);
    return status;
}
