/* staff.c - the codes of staff: what is printed once and kept nowhere. */
#include "cli.h"

#include "meterpost/render/qr.h"
#include "table.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define SHEET_COLUMNS 5

static const char *
text_of(const json_t *object, const char *key)
{
    const char *text = json_string_value(json_object_get(object, key));

    return text == NULL ? "" : text;
}

/* In groups of four: people read it aloud. */
static void
print_secret(const char *secret)
{
    for (size_t i = 0; secret[i] != '\0'; i++)
        printf("%s%c", i > 0 && i % 4 == 0 ? " " : "", secret[i]);
    putchar('\n');
}

static enum status
print_key(const json_t *answer)
{
    char *picture;
    struct err e;

    if (!qr_terminal(text_of(answer, "otpauth"), colour_wanted(stdout), &picture, &e))
        return say_failure(&e);
    printf(
        "The key of %s. It is shown this once: scan it now, and let nobody look.\n\n%s\n",
        text_of(answer, "staff"), picture);
    free(picture);
    print_secret(text_of(answer, "secret"));
    printf("%s\n\nCodes are void from %.10s on. Try one: text STATUS to a modem of ours.\n",
           text_of(answer, "otpauth"), text_of(answer, "expires_at"));
    return STATUS_DONE;
}

static enum status
print_sheet(const json_t *answer)
{
    const json_t *codes = json_object_get(answer, "codes");
    size_t n = json_array_size(codes), rows = (n + SHEET_COLUMNS - 1) / SHEET_COLUMNS;

    printf(
        "Sheet %lld of %s, void from %.10s on. Print it, keep it apart from the phone.\n\n",
        (long long)json_integer_value(json_object_get(answer, "sheet")),
        text_of(answer, "staff"), text_of(answer, "expires_at"));
    for (size_t row = 0; row < rows; row++) {
        for (size_t i = row; i < n; i += rows) {
            const char *code = json_string_value(json_array_get(codes, i));

            printf("%3zu  %.4s %s%s", i + 1, code, code + 4, i + rows < n ? "    " : "\n");
        }
    }
    return STATUS_DONE;
}

enum status
run_staff_enrol(struct cli *c)
{
    bool sheet = cli_option(c, "--sheet") != NULL;
    json_t *answer;
    enum status status =
        session_run(c, "staff.enrol",
                    json_pack("{s:s, s:b}", "staff", c->args[0], "sheet", sheet), &answer);

    if (answer == NULL)
        return status;
    if (c->form != FORM_TEXT)
        print_object(c, answer);
    else
        status = sheet ? print_sheet(answer) : print_key(answer);
    json_decref(answer);
    return status;
}
