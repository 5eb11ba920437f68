/* modem.c - modems: begin again, try, top up. */
#include "cli.h"

#include <stdio.h>

enum status
run_modem_reset(struct cli *c)
{
    json_t *answer = NULL;
    enum status status = session_run(
        c, "modem.reset",
        json_pack("{s:s, s:b}", "modem", c->args[0], "dry_run", c->dry_run), &answer);

    if (answer == NULL)
        return status;
    if (c->form != FORM_TEXT)
        print_object(c, answer);
    else
        printf("%s %s\n", c->args[0], c->dry_run ? "would begin again" : "begins again");
    json_decref(answer);
    return status;
}
