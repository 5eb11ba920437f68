/* try_files.c - `try` of what people write in files: tariffs, ... */
#include "file.h"
#include "try.h"

#include "meterpost/billing/quote.h"
#include "meterpost/metering/profile.h"
#include "meterpost/render/template.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* ---- tariff ---- */

static json_t *
try_tariff(void *context, const json_t *in, struct err *e)
{
    const char *name = json_string_value(json_object_get(in, "file"));
    const char *text = json_string_value(json_object_get(in, "tariff"));

    (void)context;
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
        return try_lines(try_tariff, NULL);
    if ((text = file_read(c->args[0], &n, &e)) == NULL)
        return say_failure(&e);
    if ((usage = file_json(c->args[1], &e)) == NULL) {
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
    return try_once(c, try_tariff, NULL, usage);
}

/* ---- template ---- */

/* {"file": path, "data"} from the arguments, else what a line holds. */
static json_t *
try_template(void *context, const json_t *in, struct err *e)
{
    const char *path = context;
    char *text;
    json_t *out;

    if (path == NULL)
        return template_try(in);
    if (!template_render_file(path, json_object_get(in, "data"), &text, e))
        return NULL;
    out = json_pack("{s:s}", "text", text);
    free(text);
    if (out == NULL)
        err_set(e, FAIL_FATAL, "out of memory");
    return out;
}

enum status
run_try_template(struct cli *c)
{
    struct err e;
    json_t *data;

    if (try_is_lines(c))
        return try_lines(try_template, NULL);
    if ((data = file_json(c->args[1], &e)) == NULL)
        return say_failure(&e);
    return try_once(c, try_template, (void *)c->args[0], json_pack("{s:o}", "data", data));
}

/* ---- sms ---- */

static json_t *
try_sms(void *profiles, const json_t *in, struct err *e)
{
    const char *profile = json_string_value(json_object_get(in, "profile"));
    const char *text = json_string_value(json_object_get(in, "text"));

    if (profile == NULL || text == NULL) {
        err_set(e, FAIL_REJECT, "the object needs texts in \"profile\" and \"text\"");
        return NULL;
    }
    return profile_try(profiles, profile, text, e);
}

enum status
run_try_sms(struct cli *c)
{
    struct profiles *profiles;
    enum status status;

    if (!session_profiles(c, &profiles))
        return STATUS_FAILED;
    if (try_is_lines(c))
        status = try_lines(try_sms, profiles);
    else
        status =
            try_once(c, try_sms, profiles,
                     json_pack("{s:s, s:s}", "profile", c->args[0], "text", c->args[1]));
    profiles_free(profiles);
    return status;
}
