/* staff_sign.c - signed commands for staff: the page for their phones, and one by hand. */
#include "cli.h"

#include "meterpost/base/conf.h"
#include "meterpost/render/template.h"
#include "meterpost/talk/code.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <termios.h>
#include <unistd.h>

/* ---- staff page ---- */

/* Texts go to the first modem that has a number. */
static json_t *
page_view(const struct conf *conf)
{
    const char *number = "";

    for (int i = conf->n_modems - 1; i >= 0; i--) {
        if (conf->modems[i].number[0] != '\0')
            number = conf->modems[i].number;
    }
    return json_pack("{s:{s:s}, s:s}", "utility", "name", conf->utility.name, "number",
                     number);
}

enum status
run_staff_page(struct cli *c)
{
    const char *language = cli_option(c, "--language");
    json_t *view;
    char *page;
    struct err e;
    bool good;

    if (!session_desk(c))
        return STATUS_FAILED;
    view = page_view(c->desk->conf);
    good = templates_render(c->desk->templates,
                            language != NULL ? language : c->desk->conf->utility.language,
                            "staff-page.html", view, &page, &e);
    json_decref(view);
    if (!good)
        return say_failure(&e);
    fputs(page, stdout);
    free(page);
    return STATUS_DONE;
}

/* ---- staff sign ---- */

/* A line that is not shown while it is typed. */
static bool
read_line(FILE *f, char *out, int size)
{
    struct termios shown, hidden;
    bool terminal = isatty(fileno(f)) && tcgetattr(fileno(f), &shown) == 0, good;

    if (terminal) {
        hidden = shown;
        hidden.c_lflag &= ~(tcflag_t)ECHO;
        fputs("Key: ", stderr);
        tcsetattr(fileno(f), TCSAFLUSH, &hidden);
    }
    good = fgets(out, size, f) != NULL;
    if (terminal) {
        tcsetattr(fileno(f), TCSAFLUSH, &shown);
        fputc('\n', stderr);
    }
    out[good ? strcspn(out, "\r\n") : 0] = '\0';
    return good;
}

static bool
read_key(const char *path, struct code_key *out, struct err *e)
{
    FILE *f = path == NULL ? stdin : fopen(path, "re");
    char line[200] = "";
    bool good;

    if (f == NULL)
        return err_set(e, FAIL_REJECT, "cannot read %s: %s", path, strerror(errno));
    good = read_line(f, line, sizeof(line)) || err_set(e, FAIL_REJECT, "no key was given");
    if (f != stdin)
        fclose(f);
    good = good && code_key_parse(line, out, e);
    code_forget(line, sizeof(line));
    return good;
}

enum status
run_staff_sign(struct cli *c)
{
    const char *counter = cli_option(c, "--counter");
    char text[CODE_MESSAGE_MAX];
    struct code_key key;
    struct err e;
    long long number = counter == NULL ? 0 : atoll(counter);
    bool good;

    if (number < 1 || number > 999999999) {
        say_error("expected --counter with a number above the last one, such as 12");
        return STATUS_USAGE;
    }
    if (!session_settings(c))
        return STATUS_FAILED;
    good = read_key(cli_option(c, "--key"), &key, &e) &&
           code_sign_words(&key, c->desk->conf->utility.name, c->args[0], c->args[1],
                           number, clock_now(), text, &e);
    code_forget(&key, sizeof(key));
    if (!good)
        return say_failure(&e);
    if (c->form == FORM_TEXT) {
        puts(text);
    } else {
        json_t *answer = json_pack("{s:s, s:s, s:I}", "staff", c->args[0], "text", text,
                                   "counter", (json_int_t)number);

        print_object(c, answer);
        json_decref(answer);
    }
    return STATUS_DONE;
}
