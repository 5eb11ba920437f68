/*
 * What the guides and the README show works: each command of theirs, between backticks or
 * on an indented line, is run as it stands.
 */
#include "example_village.h"

#include <ctype.h>

#define SHOWN_MAX 300

TestSuite(guides, .init = village_begin, .fini = village_end, .timeout = 600);

/* What a guide's command stands on, where the help's own example needs something else. The
 * words are how the command begins; the first that fits counts. */
static const struct before own[] = {
    {"today --watch", NULL, 0, NULL},  /* it never ends */
    {"--config", NULL, 0, NULL},       /* a place of a real installation */
    {"read 10101010 --", "", 1, NULL}, /* nothing answers in time */
    {"read 10101010", "", 0, NULL},    /* it is only asked */
    {"cut propose", "", 1, "nobody has come to the stage"},
    {"cut approve 3",
     "for i in 11 12 13; do SUDO_USER=amina M off 101010$i --cause safety --reason x; done",
     0, NULL},
    {"fence release", "M backup now; M backup restore latest", 0, NULL},
    {"backup rollback", "", 1, "nothing was upgraded"},
    {"backup restore /mnt/usb", "", 1, "backup list"},
    {"profile check acme-m1.yaml",
     "M profile new replies.txt --id acme-m1 --name A >acme-m1.yaml", 0, NULL},
};

static const struct before *
before_shown(const char *shown, const json_t *commands)
{
    const char *best = "", *words;
    const json_t *one;
    size_t i;

    for (i = 0; i < sizeof(own) / sizeof(own[0]); i++) {
        if (strncmp(shown, own[i].words, strlen(own[i].words)) == 0)
            return &own[i];
    }
    json_array_foreach (commands, i, one) {
        words = json_string_value(json_object_get(one, "command"));
        if (strlen(words) > strlen(best) && strncmp(shown, words, strlen(words)) == 0)
            best = words;
    }
    return before_of(best);
}

/* Those are run by slow_examples. */
static bool
in_the_help(const char *shown, const json_t *commands)
{
    const json_t *one;
    size_t i;

    json_array_foreach (commands, i, one) {
        if (strcmp(json_string_value(json_object_get(one, "example")), shown) == 0)
            return true;
    }
    return false;
}

/* One command, its line breaks as spaces. */
static void
try_shown(const char *text, size_t n, const json_t *commands)
{
    char shown[SHOWN_MAX];
    const struct before *b;

    cr_assert_lt(n, sizeof(shown), "%.*s", (int)n, text);
    for (size_t i = 0; i < n; i++)
        shown[i] = isspace((unsigned char)text[i]) ? ' ' : text[i];
    shown[n] = '\0';
    b = before_shown(shown, commands);
    if (b->lines != NULL && !in_the_help(shown, commands))
        try_one(b, shown);
}

static int
try_page(const char *page, const json_t *commands)
{
    static const char *const begins[] = {"`meterpost ", "\n    meterpost "};
    char path[RIG_PATH_MAX], *text = NULL;
    size_t size = 0;
    FILE *f;
    int n = 0;

    snprintf(path, sizeof(path), TOP "/%s", page);
    f = fopen(path, "r");
    cr_assert(f != NULL && getdelim(&text, &size, '\0', f) > 0, "%s", path);
    fclose(f);
    for (size_t i = 0; i < sizeof(begins) / sizeof(begins[0]); i++) {
        const char *at = text;

        while ((at = strstr(at, begins[i])) != NULL) {
            at += strlen(begins[i]);
            try_shown(at, strcspn(at, i == 0 ? "`" : "\n"), commands);
            n++;
        }
    }
    free(text);
    return n;
}

Test(guides, show_nothing_that_does_not_work)
{
    static const char *const pages[] = {"README.md",       "doc/installer.md",
                                        "doc/operator.md", "doc/accountant.md",
                                        "doc/field.md",    "doc/trouble.md"};
    json_t *commands = all_commands();
    int n = 0;

    for (size_t i = 0; i < sizeof(pages) / sizeof(pages[0]); i++)
        n += try_page(pages[i], commands);
    cr_expect_gt(n, 100, "only %d commands were found", n);
    json_decref(commands);
}

/* The example of a manual page, in the place of a file of its kind. */
Test(guides, files_of_the_manual_pages_are_right)
{
    static const struct {
        const char *page, *file;
    } pages[] = {
        {"profile", "profiles/kamstrup-gsm7i"},
        {"tariff", "tariffs/domestic-electricity"},
        {"policy", "policies/kibo"},
        {"payments", "payments/kibo-money"},
        {"carrier", "carriers/kibo-mobile"},
        {"device", "maps/kibo-m1"},
    };
    char line[LINE_SIZE];

    must("mkdir -p shown && cp -r " TOP "/conf " TOP "/templates shown"
         " && sed -i 's/policy: \"\"/policy: kibo/' shown/conf/meterpost.yaml");
    for (size_t i = 0; i < sizeof(pages) / sizeof(pages[0]); i++) {
        snprintf(line, sizeof(line),
                 "sed -n '/^\\.nf/,/^\\.fi/p' " TOP "/doc/man/meterpost-%s.5 |"
                 " sed '1d;$d;s/\\\\e/\\\\/g;s/\\\\-/-/g' >shown/conf/%s.yaml"
                 " && grep -q : shown/conf/%s.yaml",
                 pages[i].page, pages[i].file, pages[i].file);
        must(line);
    }
    must(BIN "/meterpost --config shown/conf/meterpost.yaml check");
}

/* Every key that stands at the left of a shipped file is in the page of its kind. */
Test(guides, manual_pages_name_every_key)
{
    static const char *const kinds[][2] = {
        {"profile", "profiles"},  {"tariff", "tariffs"},   {"policy", "policies"},
        {"payments", "payments"}, {"carrier", "carriers"}, {"device", "devices"},
        {"device", "maps"},       {"words", "words"},
    };
    char line[LINE_SIZE];

    for (size_t i = 0; i < sizeof(kinds) / sizeof(kinds[0]); i++) {
        snprintf(line, sizeof(line),
                 "for key in $(grep -hoE '^[a-z_]+:' " TOP
                 "/conf/%s/*.yaml | tr -d : | sort "
                 "-u); do grep -qw \"$key\" " TOP "/doc/man/meterpost-%s.5 || { echo \"no "
                 "$key\"; exit 1; }; done",
                 kinds[i][1], kinds[i][0]);
        must(line);
    }
}

/* What is exported can be imported: these are all columns. */
Test(guides, the_page_of_csv_files_names_every_column)
{
    must("cd base && for kind in groups points concentrators collectors accounts meters "
         "staff "
         "readings payments; do for column in $(M export $kind | head -1 | tr ',\\r' '  "
         "'); do "
         "sed -n \"/^.B $kind\\$/,/^.TP/p\" " TOP "/doc/man/meterpost-csv.5 | grep -qw "
         "\"$column\" || { echo \"no $column in $kind\"; exit 1; }; done; done");
}
