#include "cli.h"
#include "phrase.h"

#include "meterpost/base/text.h"
#include "meterpost/base/yaml.h"

#include <stdlib.h>
#include <string.h>

#define WORDS_MAX      300 /* different words that a typo is compared with */

#define CONFIG_DEFAULT "/etc/meterpost/meterpost.yaml"

/* ---- general options ---- */

enum general {
    GENERAL_CONFIG,
    GENERAL_JSON,
    GENERAL_CSV,
    GENERAL_QUIET,
    GENERAL_YES,
    GENERAL_DRY_RUN,
    GENERAL_HELP
};

static const struct {
    const char *name, *alias;
    enum general what;
} generals[] = {
    {"--config", "-c", GENERAL_CONFIG}, {"--json", NULL, GENERAL_JSON},
    {"--csv", NULL, GENERAL_CSV},       {"--quiet", "-q", GENERAL_QUIET},
    {"--yes", "-y", GENERAL_YES},       {"--dry-run", "-n", GENERAL_DRY_RUN},
    {"--help", "-h", GENERAL_HELP},
};
#define GENERALS (sizeof(generals) / sizeof(generals[0]))

/* Where one stands in the line. */
struct line {
    int argc, at;
    char **argv;
    bool plain; /* behind "--": no more options */
};

/* True when the word is an option; "-", negative numbers and what some meters write ("-Aqua
 * 3; Flow=1") are none. */
static bool
is_option(const struct line *l, const char *word)
{
    return !l->plain && word[0] == '-' && word[1] != '\0' &&
           !(word[1] >= '0' && word[1] <= '9') && word[strcspn(word, "= ")] != ' ';
}

static bool
same_name(const char *word, const char *name)
{
    size_t n = strlen(name);

    return strncmp(word, name, n) == 0 && (word[n] == '\0' || word[n] == '=');
}

/* The value behind an option: "--x=v" or the next word. NULL when there is none. */
static const char *
take_value(struct line *l, const char *word)
{
    const char *equals = strchr(word, '=');

    if (equals != NULL)
        return equals + 1;
    return l->at < l->argc ? l->argv[l->at++] : NULL;
}

static bool
set_general(struct line *l, struct cli *c, enum general what, const char *word,
            struct err *e)
{
    if (what != GENERAL_CONFIG && strchr(word, '=') != NULL)
        return err_set(e, FAIL_REJECT, "'%s': this option takes no value", word);
    switch (what) {
    case GENERAL_CONFIG:
        c->config = take_value(l, word);
        c->config_given = true;
        return c->config != NULL || err_set(e, FAIL_REJECT, "%s needs a file", word);
    case GENERAL_JSON: c->form = FORM_JSON; break;
    case GENERAL_CSV: c->form = FORM_CSV; break;
    case GENERAL_QUIET: c->quiet = true; break;
    case GENERAL_YES: c->yes = true; break;
    case GENERAL_DRY_RUN: c->dry_run = true; break;
    case GENERAL_HELP: c->help = true; break;
    }
    return true;
}

/* *taken: it was a general option. */
static bool
try_general(struct line *l, struct cli *c, const char *word, bool *taken, struct err *e)
{
    *taken = false;
    for (size_t i = 0; i < GENERALS; i++) {
        if (!same_name(word, generals[i].name) &&
            (generals[i].alias == NULL || strcmp(word, generals[i].alias) != 0))
            continue;
        *taken = true;
        return set_general(l, c, generals[i].what, word, e);
    }
    return true;
}

/* ---- options of the command ---- */

/* Before any command: one of its own, or a general one with a typing error. */
static bool
early_option(const char *word, struct err *e)
{
    const char *known[GENERALS], *near;

    for (size_t i = 0; i < GENERALS; i++)
        known[i] = generals[i].name;
    near = nearest_word(word, known, GENERALS);
    if (near != NULL)
        return err_set(e, FAIL_REJECT, phrase("there is no option %s: is %s meant?"), word,
                       near);
    return err_set(e, FAIL_REJECT, phrase("option %s must stand behind the command"), word);
}

static bool
unknown_option(const struct cli *c, const char *word, struct err *e)
{
    const char *known[OPTIONS_MAX + GENERALS], *near;
    size_t n = 0;

    for (size_t i = 0; i < GENERALS; i++)
        known[n++] = generals[i].name;
    for (const struct option *o = c->command->options; o->name != NULL; o++)
        known[n++] = o->name;
    near = nearest_word(word, known, n);
    if (near != NULL)
        return err_set(e, FAIL_REJECT, phrase("'%s' has no option %s: is %s meant?"),
                       c->command->words, word, near);
    return err_set(e, FAIL_REJECT, phrase("'%s' has no option %s: see meterpost help %s"),
                   c->command->words, word, c->command->words);
}

/* The option that is meant: by its name, or by a beginning that no other has. */
static const struct option *
find_option(const struct command *command, const char *word)
{
    size_t n = strcspn(word, "=");
    const struct option *found = NULL;

    for (const struct option *o = command->options; o->name != NULL; o++) {
        if (same_name(word, o->name))
            return o;
    }
    for (const struct option *o = command->options; o->name != NULL; o++) {
        if (n < 5 || strncmp(word, o->name, n) != 0)
            continue;
        if (found != NULL)
            return NULL;
        found = o;
    }
    return found;
}

static bool
take_option(struct line *l, struct cli *c, const char *word, struct err *e)
{
    const struct option *o = find_option(c->command, word);
    const char **value;

    if (o == NULL)
        return unknown_option(c, word, e);
    value = &c->values[o - c->command->options];
    if (o->value == NULL) {
        *value = "";
        return strchr(word, '=') == NULL ||
               err_set(e, FAIL_REJECT, "'%s': this option takes no value", word);
    }
    *value = take_value(l, word);
    return *value != NULL ||
           err_set(e, FAIL_REJECT, phrase("%s needs a value, for example %s %.*s"), o->name,
                   o->name, (int)strcspn(o->value, "|"), o->value);
}

/* ---- the words of the command ---- */

bool
command_begins(const struct command *command, const char *const *words, size_t n,
               bool *whole)
{
    const char *at = command->words;

    for (size_t i = 0; i < n; i++) {
        size_t length = strcspn(at, " ");

        if (words[i] == NULL || length == 0 || strlen(words[i]) != length ||
            strncmp(at, words[i], length) != 0)
            return false;
        at += length;
        at += *at == ' ';
    }
    *whole = *at == '\0';
    return true;
}

/* Word number `n` of the commands that begin with the n words before it, each once. */
static size_t
next_words(const char *const *words, size_t n, char store[][24], const char **out)
{
    size_t count = 0;
    bool whole;

    for (size_t i = 0; i < command_count() && count < WORDS_MAX; i++) {
        const char *at = command_at(i)->words;
        size_t length, k;

        if (!command_begins(command_at(i), words, n, &whole) || whole)
            continue;
        for (k = 0; k < n; k++)
            at += strcspn(at, " ") + 1;
        length = strcspn(at, " ");
        for (k = 0; k < count; k++) {
            if (strlen(out[k]) == length && strncmp(out[k], at, length) == 0)
                break;
        }
        if (k < count || length >= sizeof(store[0]))
            continue;
        memcpy(store[count], at, length);
        store[count][length] = '\0';
        out[count] = store[count];
        count++;
    }
    return count;
}

static bool
unknown_words(const char *const *words, size_t n, struct err *e)
{
    char store[WORDS_MAX][24], before[80] = "", list[200] = "";
    const char *next[WORDS_MAX], *near;
    size_t count = next_words(words, n - 1, store, next);
    struct text t;

    text_init(&t, before, sizeof(before));
    for (size_t i = 0; i + 1 < n; i++)
        text_addf(&t, "%s ", words[i]);
    near = nearest_word(words[n - 1], next, count);
    if (near != NULL)
        return err_set(e, FAIL_REJECT,
                       phrase("there is no command '%s%.60s': is '%s%s' meant?"), before,
                       words[n - 1], before, near);
    if (n == 1)
        return err_set(e, FAIL_REJECT,
                       phrase("there is no command '%.60s': see meterpost help"), words[0]);
    text_init(&t, list, sizeof(list));
    for (size_t i = 0; i < count; i++)
        text_addf(&t, "%s%s", i > 0 ? ", " : "", next[i]);
    return err_set(e, FAIL_REJECT,
                   phrase("there is no command '%s%.60s': after '%.*s' comes one of %s"),
                   before, words[n - 1], (int)strlen(before) - 1, before, list);
}

/* Further words can only complete a command; *done when one is complete. */
static bool
take_word(struct cli *c, const char **words, size_t n, struct err *e)
{
    bool whole, some = false;

    for (size_t i = 0; i < command_count(); i++) {
        if (!command_begins(command_at(i), words, n, &whole))
            continue;
        some = true;
        if (whole) {
            c->command = command_at(i);
            return true;
        }
    }
    return some || unknown_words(words, n, e);
}

/* ---- arguments ---- */

/* How many arguments "NAME [METER...]" takes; the text ends at `end`. */
static void
count_arguments(const char *spec, const char *end, size_t *least, size_t *most)
{
    *least = *most = 0;
    for (const char *at = spec; at < end;) {
        size_t n = strcspn(at, " ");

        *least += *at != '[';
        ++*most;
        if (memmem(at, n, "...", 3) != NULL)
            *most = SIZE_MAX - 1;
        at += n;
        at += *at == ' ';
    }
}

static bool
too_few(const struct cli *c, struct err *e)
{
    return err_set(e, FAIL_REJECT, phrase("something is missing: meterpost %s %s"),
                   c->command->words, c->command->arguments);
}

static bool
is_dash(const char *word)
{
    return word != NULL && strcmp(word, "-") == 0;
}

/* "PROFILE TEXT | -": an argument "-" alone stands for them all, where the command says
 * so. */
static bool
check_count(const struct cli *c, struct err *e)
{
    const char *spec = c->command->arguments, *bar = strstr(spec, " | -");
    size_t least, most;

    if (bar != NULL && c->count == 1 && is_dash(c->args[0]))
        return true;
    count_arguments(spec, bar != NULL ? bar : spec + strlen(spec), &least, &most);
    if (c->count < least)
        return too_few(c, e);
    if (c->count <= most)
        return true;
    if (most == 0)
        return err_set(e, FAIL_REJECT,
                       phrase("'%.60s' is too much: '%s' takes no arguments"), c->args[0],
                       c->command->words);
    return err_set(
        e, FAIL_REJECT,
        phrase("'%.60s' is too much: meterpost %s %s (a text with spaces needs quotes)"),
        c->args[most], c->command->words, spec);
}

static bool
take_plain(struct cli *c, const char *word, struct err *e)
{
    /* Until the command is complete, words are collected in args as well. */
    c->args[c->count++] = word;
    if (c->command != NULL)
        return true;
    if (!take_word(c, c->args, c->count, e))
        return false;
    if (c->command != NULL)
        c->count = 0;
    return true;
}

static bool
unfinished(struct cli *c, struct err *e)
{
    char store[WORDS_MAX][24], list[200];
    const char *next[WORDS_MAX];
    struct text t;
    size_t n;

    if (c->help)
        return true;
    if (c->count == 0)
        return err_set(e, FAIL_REJECT, phrase("what shall be done? See meterpost help"));
    n = next_words(c->args, c->count, store, next);
    text_init(&t, list, sizeof(list));
    for (size_t i = 0; i < n; i++)
        text_addf(&t, "%s%s", i > 0 ? ", " : "", next[i]);
    return err_set(e, FAIL_REJECT, phrase("after '%s' comes one of %s"),
                   c->args[c->count - 1], list);
}

static bool
take_all(struct line *l, struct cli *c, struct err *e)
{
    while (l->at < l->argc) {
        const char *word = l->argv[l->at++];
        bool taken;

        if (!utf8_valid(word, strlen(word)))
            return err_set(e, FAIL_REJECT, "the command line is not UTF-8");
        if (!l->plain && strcmp(word, "--") == 0) {
            l->plain = true;
            continue;
        }
        if (!is_option(l, word)) {
            if (!take_plain(c, word, e))
                return false;
            continue;
        }
        if (!try_general(l, c, word, &taken, e))
            return false;
        if (taken)
            continue;
        if (c->command == NULL)
            return early_option(word, e);
        if (!take_option(l, c, word, e))
            return false;
    }
    return true;
}

bool
parse_line(int argc, char **argv, struct cli *c, struct err *e)
{
    struct line l = {.argc = argc, .at = 1, .argv = argv};
    const char *path = getenv("METERPOST_CONFIG");

    *c = (struct cli){.config = CONFIG_DEFAULT};
    if (path != NULL && *path != '\0') {
        c->config = path;
        c->config_given = true;
    }
    if ((c->args = calloc((size_t)argc + 1, sizeof(*c->args))) == NULL)
        return err_set(e, FAIL_FATAL, "out of memory");
    if (!take_all(&l, c, e))
        return false;
    if (c->command == NULL)
        return unfinished(c, e);
    return c->help || (check_count(c, e) && values_check(c, e));
}

void
parse_finish(struct cli *c)
{
    free(c->args);
    c->args = NULL;
}

static size_t
option_at(const struct cli *c, const char *name)
{
    for (size_t i = 0; i < OPTIONS_MAX && c->command->options[i].name != NULL; i++) {
        if (strcmp(c->command->options[i].name, name) == 0)
            return i;
    }
    abort(); /* the table of commands and its function do not agree */
}

const char *
cli_option(const struct cli *c, const char *name)
{
    return c->values[option_at(c, name)];
}

void
cli_pass_option(const struct cli *c, json_t *arguments, const char *key, const char *name)
{
    size_t i = option_at(c, name);
    bool is_switch = c->command->options[i].value == NULL;

    if (c->values[i] != NULL)
        json_object_set_new(arguments, key,
                            is_switch ? json_true() : json_string(c->values[i]));
}

const char *
cli_arg(const struct cli *c, size_t i)
{
    return i < c->count ? c->args[i] : NULL;
}
