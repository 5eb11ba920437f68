/* pay_import.c - hand a statement to the engine, as UTF-8 whatever it was written in. */
#include "cli.h"
#include "file.h"

#include "meterpost/base/text.h"

#include <iconv.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

/* The encoding that the first bytes show; NULL: UTF-8, or nothing that they show. */
static const char *
shown_encoding(const char *bytes, size_t n)
{
    if (n >= 2 && memcmp(bytes, "\xFF\xFE", 2) == 0)
        return "UTF-16LE";
    if (n >= 2 && memcmp(bytes, "\xFE\xFF", 2) == 0)
        return "UTF-16BE";
    return NULL;
}

/* What an XML declaration says, in `out`; "" for none. */
static const char *
declared_encoding(const char *bytes, char out[40])
{
    const char *at = strncmp(bytes, "<?xml", 5) == 0 ? strstr(bytes, "encoding=") : NULL;
    const char *end = at == NULL ? NULL : strstr(bytes, "?>");

    *out = '\0';
    if (at != NULL && end != NULL && at < end)
        snprintf(out, 40, "%.*s", (int)strcspn(at + 10, "\"'"), at + 10);
    return out;
}

static char *
converted(const char *from, const char *bytes, size_t n, struct err *e)
{
    iconv_t with = iconv_open("UTF-8", from);
    size_t room = n * 3 + 4, left = room;
    char *out = malloc(room), *in = (char *)bytes, *to = out;

    if (with == (iconv_t)-1 || out == NULL ||
        iconv(with, &in, &n, &to, &left) == (size_t)-1) {
        err_set(e, FAIL_REJECT, "the file cannot be read as %.40s", from);
        free(out);
        out = NULL;
    } else {
        *to = '\0';
    }
    if (with != (iconv_t)-1)
        iconv_close(with);
    return out;
}

static char *
as_utf8(const char *path, const char *bytes, size_t n, const char *given, struct err *e)
{
    char declared[40];
    const char *from = given != NULL ? given : shown_encoding(bytes, n);

    if (n == 0) {
        err_set(e, FAIL_REJECT, "%s is empty", path);
        return NULL;
    }
    if (from == NULL && *declared_encoding(bytes, declared) != '\0' &&
        strcasecmp(declared, "UTF-8") != 0)
        from = declared;
    if (from != NULL)
        return converted(from, bytes, n, e);
    if (utf8_valid(bytes, n))
        return strdup(bytes);
    err_set(e, FAIL_REJECT, "%s is no UTF-8: say what it is, such as --encoding latin1",
            path);
    return NULL;
}

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
    text = as_utf8(c->args[0], bytes, n, cli_option(c, "--encoding"), &e);
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
