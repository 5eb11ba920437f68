/* try_files.c - `try` of what people write in files: tariffs, ... */
#include "file.h"
#include "try.h"

#include "meterpost/billing/quote.h"

#include <stdio.h>
#include <stdlib.h>

/* A JSON file whole; NULL with its place in *e. */
static json_t *
read_json(const char *path, struct err *e)
{
    json_error_t at;
    size_t n;
    char *text = file_read(path, &n, e);
    json_t *value;

    if (text == NULL)
        return NULL;
    value = json_loadb(text, n, JSON_REJECT_DUPLICATES, &at);
    free(text);
    if (value == NULL)
        err_set(e, FAIL_REJECT, "%s:%d:%d: %s", path, at.line, at.column, at.text);
    return value;
}

/* ---- tariff ---- */

static json_t *
try_tariff(struct cli *c, const json_t *in, struct err *e)
{
    const char *name = json_string_value(json_object_get(in, "file"));
    const char *text = json_string_value(json_object_get(in, "tariff"));

    (void)c;
    if (name != NULL && text != NULL)
        return quote_try_text(name, text, json_object_get(in, "usage"), e);
    return quote_try(in, e);
}

enum status
run_try_tariff(struct cli *c)
{
    struct err e;
    json_t *usage;
    char *text;
    size_t n;

    if (try_is_lines(c))
        return try_lines(c, try_tariff);
    if ((text = file_read(c->args[0], &n, &e)) == NULL)
        return say_failure(&e);
    if ((usage = read_json(c->args[1], &e)) == NULL) {
        free(text);
        return say_failure(&e);
    }
    usage = json_pack("{s:s, s:s%, s:o}", "file", c->args[0], "tariff", text, n, "usage",
                      usage);
    free(text);
    if (usage == NULL) {
        say_error("%s is no UTF-8 text", c->args[0]);
        return STATUS_FAILED;
    }
    return try_once(c, try_tariff, usage);
}
