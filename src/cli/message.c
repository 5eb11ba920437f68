/* message.c - one message whole, and a message by hand. */
#include "lists.h"

#include "meterpost/base/conf.h"
#include "meterpost/base/text.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* ---- show ---- */

static bool
parse_id(const char *text, int64_t *id, struct err *e)
{
    char *end;

    *id = strtoll(text, &end, 10);
    return (*text != '\0' && *end == '\0' && *id > 0) ||
           err_set(e, FAIL_REJECT, "'%.40s' is no number of a message", text);
}

/* The row of a list with this id: a new reference; NULL without *e->text when there is
 * none. */
static json_t *
one_row(struct cli *c, const char *list, int64_t id, struct err *e)
{
    struct list_filter f = {.id = id, .limit = 1};
    json_t *rows, *row;

    e->text[0] = '\0';
    rows = list_array(c->desk->store, list, &f, c->desk->conf->decimals, e);
    row = json_incref(json_array_get(rows, 0));
    json_decref(rows);
    return row;
}

/* Whose it is, and the others of the same number. */
static void
print_pointers(const json_t *row)
{
    const char *account = json_string_value(json_object_get(row, "account"));
    const char *meter = json_string_value(json_object_get(row, "meter"));
    const char *from = json_string_value(json_object_get(row, "from"));
    const char *to = json_string_value(json_object_get(row, "to"));

    printf("\nMore: meterpost %s %s", from != NULL ? "inbox" : "outbox",
           from != NULL ? from
           : to != NULL ? to
                        : "");
    if (meter != NULL)
        printf(" | meter show %s", meter);
    if (account != NULL)
        printf(" | account show %s", account);
    putchar('\n');
}

static enum status
show_row(const struct cli *c, json_t *row, const char *way)
{
    const char *text = json_string_value(json_object_get(row, "text"));

    json_object_set_new(row, "way", json_string(way));
    if (c->form == FORM_TEXT) {
        char *whole = strdup(text == NULL ? "" : text);

        json_object_del(row, "text");
        print_object(c, row);
        printf("\n%s\n", whole == NULL ? "" : text_for_terminal(whole));
        free(whole);
        print_pointers(row);
    } else {
        print_object(c, row);
    }
    json_decref(row);
    return STATUS_DONE;
}

enum status
run_message_show(struct cli *c)
{
    bool in = cli_option(c, "--in") != NULL, out = cli_option(c, "--out") != NULL;
    json_t *came = NULL, *went = NULL;
    struct err e = {.text = ""};
    int64_t id;

    if (!parse_id(c->args[0], &id, &e)) {
        say_failure(&e);
        return STATUS_USAGE;
    }
    if (!session_read(c))
        return STATUS_FAILED;
    if (in || !out)
        came = one_row(c, "inbox", id, &e);
    if (e.text[0] == '\0' && (out || !in))
        went = one_row(c, "outbox", id, &e);
    if (e.text[0] != '\0') {
        json_decref(came);
        json_decref(went);
        return say_failure(&e);
    }
    if (came != NULL && went != NULL)
        say_note(c, "one that went out has that number, too: --out shows it");
    if (came != NULL) {
        json_decref(went);
        return show_row(c, came, "in");
    }
    if (went != NULL)
        return show_row(c, went, "out");
    say_error("there is no message %lld", (long long)id);
    return STATUS_FAILED;
}

/* ---- send ---- */

enum status
run_message_send(struct cli *c)
{
    json_t *answer,
        *arguments = json_pack("{s:s, s:s}", "number", c->args[0], "text", c->args[1]);
    enum status status = session_run(c, "message.send", arguments, &answer);
    const char *cost;

    if (answer == NULL)
        return status;
    cost = json_string_value(json_object_get(answer, "cost"));
    if (c->form != FORM_TEXT)
        print_object(c, answer);
    else
        printf("%s to %s: message %lld, %lld part%s%s%s\n",
               c->dry_run ? "would be queued" : "queued",
               json_string_value(json_object_get(answer, "to")),
               (long long)json_integer_value(json_object_get(answer, "message")),
               (long long)json_integer_value(json_object_get(answer, "segments")),
               json_integer_value(json_object_get(answer, "segments")) == 1 ? "" : "s",
               cost == NULL ? "" : ", costs ", cost == NULL ? "" : cost);
    json_decref(answer);
    return status;
}
