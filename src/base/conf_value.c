/*
 * conf_value.c - one value of the configuration file, by its notation.
 */
#include "base/conf_settings.h"

#include "meterpost/base/text.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

static const char digits[] = "0123456789";
static const char name_characters[] =
    "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";

struct value {
    const struct setting *setting;
    const struct conf_context *context;
    const char *text;
    void *out;
};

static bool
put_int(const struct value *v, int64_t number)
{
    int n = (int)number;

    memcpy(v->out, &n, sizeof(n));
    return true;
}

static bool
put_text(const struct value *v, const char *text, struct err *e)
{
    if (!text_copy(v->out, v->setting->size, text))
        return err_set(e, FAIL_REJECT, "expected at most %zu bytes of text, got %zu",
                       v->setting->size - 1, strlen(text));
    return true;
}

static bool
parse_text(const struct value *v, struct err *e)
{
    for (const char *c = v->text; *c != '\0'; c++) {
        if ((unsigned char)*c < ' ' || *c == 0x7F)
            return err_set(e, FAIL_REJECT, "expected text without control characters");
    }
    if ((int64_t)strlen(v->text) < v->setting->least)
        return err_set(e, FAIL_REJECT, "expected text, got nothing");
    return put_text(v, v->text, e);
}

static bool
parse_hours(const struct value *v, struct err *e)
{
    struct day_window window;

    return (*v->text == '\0' || window_parse(v->text, &window, e)) &&
           put_text(v, v->text, e);
}

static bool
parse_name(const struct value *v, struct err *e)
{
    size_t n = strlen(v->text);

    if (n == 0 || n >= v->setting->size || strspn(v->text, name_characters) != n)
        return err_set(e, FAIL_REJECT,
                       "expected a name of 1 to %zu letters, digits, '-' and '_', got "
                       "'%.40s'",
                       v->setting->size - 1, v->text);
    return put_text(v, v->text, e);
}

static bool
parse_currency(const struct value *v, struct err *e)
{
    if (strlen(v->text) != 3 || strspn(v->text, "ABCDEFGHIJKLMNOPQRSTUVWXYZ") != 3)
        return err_set(e, FAIL_REJECT,
                       "expected a currency of three capital letters such as KES, got "
                       "'%.40s'",
                       v->text);
    return put_text(v, v->text, e);
}

static bool
parse_zone(const struct value *v, struct err *e)
{
    if (!clock_zone_known(v->text))
        return err_set(e, FAIL_REJECT,
                       "expected a time zone of this machine such as Africa/Nairobi, got "
                       "'%.60s' (`timedatectl list-timezones` lists them; package tzdata)",
                       v->text);
    return put_text(v, v->text, e);
}

static bool
parse_country(const struct value *v, struct err *e)
{
    size_t n = strlen(v->text);

    if (n < 1 || n > 3 || strspn(v->text, digits) != n || v->text[0] == '0')
        return err_set(
            e, FAIL_REJECT,
            "expected a country code of one to three digits such as \"254\", got "
            "'%.40s'",
            v->text);
    return put_text(v, v->text, e);
}

/* Relative paths start from the folder of the file. */
static bool
parse_path(const struct value *v, struct err *e)
{
    char path[CONF_PATH_MAX];
    int n;

    if (v->text[0] == '/' || v->text[0] == '\0')
        return put_text(v, v->text, e);
    n = snprintf(path, sizeof(path), "%s/%s", v->context->folder, v->text);
    if (n < 0 || (size_t)n >= sizeof(path))
        return err_set(e, FAIL_REJECT, "expected a path of at most %zu bytes",
                       sizeof(path) - 1);
    return put_text(v, path, e);
}

/* A folder that the file names is there; whether the default ones are is for those who
 * look into them. */
static bool
parse_folder(const struct value *v, struct err *e)
{
    struct stat s;

    if (v->text[0] == '\0')
        return err_set(e, FAIL_REJECT, "expected a folder, got nothing");
    if (!parse_path(v, e))
        return false;
    if (v->text != v->setting->text && (stat(v->out, &s) == -1 || !S_ISDIR(s.st_mode)))
        return err_set(e, FAIL_REJECT, "expected a folder, but %.200s is none",
                       (const char *)v->out);
    return true;
}

/* "tcp://...", "usb:...", "listen:4001": what begins with a word and a colon is no path. */
static bool
parse_place(const struct value *v, struct err *e)
{
    if (v->text[0] == '\0')
        return err_set(e, FAIL_REJECT, "expected a path, got nothing");
    if (v->text[strspn(v->text, "abcdefghijklmnopqrstuvwxyz")] == ':')
        return put_text(v, v->text, e);
    return parse_path(v, e);
}

static bool
parse_database(const struct value *v, struct err *e)
{
    if (v->text[0] == '\0' || strstr(v->text, "://") != NULL)
        return err_set(e, FAIL_REJECT,
                       "expected the path of a file (no server is needed), got '%.40s'",
                       v->text);
    return parse_path(v, e);
}

static bool
parse_phone(const struct value *v, struct err *e)
{
    struct phone phone;

    if (v->text[0] == '\0')
        return put_text(v, "", e);
    if (!phone_parse(v->text, v->context->country, &phone, e) || phone.kind != PHONE_E164)
        return err_set(e, FAIL_REJECT,
                       "expected a phone number such as \"+%s700000001\", got '%.40s'",
                       v->context->country, v->text);
    return put_text(v, phone.text, e);
}

static bool
parse_pin(const struct value *v, struct err *e)
{
    size_t n = strlen(v->text);

    /* Not repeated: it is a secret. */
    if (n != 0 && (n < 4 || n > 8 || strspn(v->text, digits) != n))
        return err_set(e, FAIL_REJECT, "expected a PIN of four to eight digits in quotes");
    return put_text(v, v->text, e);
}

static bool
parse_route(const struct value *v, struct err *e)
{
    const char *c = v->text;

    c += *c == '+';
    if (c != v->text)
        c += strspn(c, digits);
    c += *c == '*';
    if (*c != '\0' || c == v->text || strcmp(v->text, "+") == 0)
        return err_set(e, FAIL_REJECT,
                       "expected the start of a number such as \"+25472*\", or \"*\", got "
                       "'%.40s'",
                       v->text);
    return put_text(v, v->text, e);
}

static bool
parse_numbers(const struct value *v, struct err *e)
{
    if (strstr(v->text, "{seq") == NULL)
        return err_set(e, FAIL_REJECT,
                       "expected a pattern with {seq} such as \"{year}-{seq:06}\", got "
                       "'%.60s'",
                       v->text);
    return parse_text(v, e);
}

static bool
parse_whole(const struct value *v, struct err *e)
{
    const struct setting *s = v->setting;
    size_t n = strlen(v->text);
    long long number = strtoll(v->text, NULL, 10);

    if (n == 0 || n > 12 || strspn(v->text, digits) != n || number < s->least ||
        number > s->most)
        return err_set(e, FAIL_REJECT,
                       "expected a whole number from %" PRId64 " to %" PRId64
                       ", got '%.40s'",
                       s->least, s->most, v->text);
    return put_int(v, number);
}

static bool
parse_flag(const struct value *v, struct err *e)
{
    bool on = strcmp(v->text, "true") == 0;

    if (!on && strcmp(v->text, "false") != 0)
        return err_set(e, FAIL_REJECT, "expected true or false, got '%.40s'", v->text);
    memcpy(v->out, &on, sizeof(on));
    return true;
}

static bool
parse_word(const struct value *v, struct err *e)
{
    const char *word = v->setting->words;
    size_t n = strlen(v->text);
    char list[200];
    struct text t;

    text_init(&t, list, sizeof(list));
    for (int i = 0; *word != '\0'; i++) {
        size_t length = strcspn(word, " ");

        if (length == n && memcmp(word, v->text, n) == 0)
            return put_int(v, i);
        text_addf(&t, "%s%.*s", i == 0 ? "" : ", ", (int)length, word);
        word += length;
        word += *word == ' ';
    }
    return err_set(e, FAIL_REJECT, "expected one of %s; got '%.40s'", list, v->text);
}

/* "10 s", "1500 ms": a limit of a duration, for the reader. */
static const char *
show_limit(int64_t ms, char *out, size_t size)
{
    static const struct {
        int64_t ms;
        const char *word;
    } units[] = {{(int64_t)DAY_S * 1000, "d"},
                 {HOUR_S * 1000, "h"},
                 {MINUTE_S * 1000, "m"},
                 {1000, "s"},
                 {1, "ms"}};
    size_t i = 0;

    while (ms % units[i].ms != 0 || (ms == 0 && units[i].ms != 1000))
        i++;
    snprintf(out, size, "%" PRId64 "%s", ms / units[i].ms, units[i].word);
    return out;
}

static bool
parse_duration(const struct value *v, int64_t unit_ms, struct err *e)
{
    const struct setting *s = v->setting;
    char low[32], high[32];
    int64_t ms;

    if (!duration_parse(v->text, &ms, e))
        return false;
    if (ms < s->least * unit_ms || ms > s->most * unit_ms || ms % unit_ms != 0)
        return err_set(e, FAIL_REJECT, "expected a duration from %s to %s, got '%.40s'",
                       show_limit(s->least * unit_ms, low, sizeof(low)),
                       show_limit(s->most * unit_ms, high, sizeof(high)), v->text);
    return put_int(v, ms / unit_ms);
}

static bool
parse_time(const struct value *v, struct err *e)
{
    int minutes;

    if (!time_of_day_parse(v->text, &minutes, e))
        return false;
    if (minutes > v->setting->most)
        return err_set(e, FAIL_REJECT, "expected a time before 24:00, got '%s'", v->text);
    return put_int(v, minutes);
}

static bool
parse_money(const struct value *v, struct err *e)
{
    const struct setting *s = v->setting;
    struct money money;

    if (!decimal_parse(v->text, v->context->decimals, &money.minor, e) ||
        money.minor < s->least || money.minor > s->most)
        return err_set(e, FAIL_REJECT,
                       "expected an amount with at most %d decimals such as \"%s\", got "
                       "'%.40s'",
                       v->context->decimals, v->context->decimals == 0 ? "500" : "500.00",
                       v->text);
    memcpy(v->out, &money, sizeof(money));
    return true;
}

static bool
parse_percent(const struct value *v, struct err *e)
{
    int64_t micro;

    if (!decimal_parse(v->text, RATE_PLACES, &micro, e) || micro < v->setting->least ||
        micro > v->setting->most)
        return err_set(e, FAIL_REJECT,
                       "expected 0 to %d percent such as \"1.5\", got '%.40s'",
                       (int)(v->setting->most / 1000000), v->text);
    memcpy(v->out, &micro, sizeof(micro));
    return true;
}

static bool
parse_settle(const struct value *v, struct err *e)
{
    size_t n = strspn(v->text, digits);

    if (strcmp(v->text, "auto") == 0)
        return put_int(v, SETTLE_AUTO);
    if (n == 0 || n > 3 || strcmp(v->text + n, "%") != 0 || atoi(v->text) > 100)
        return err_set(e, FAIL_REJECT, "expected auto, or 0%% to 100%%, got '%.40s'",
                       v->text);
    return put_int(v, atoi(v->text));
}

bool
conf_value_parse(const struct setting *s, const struct conf_context *context,
                 const char *text, void *out, struct err *e)
{
    struct value v = {s, context, text, out};

    switch (s->kind) {
    case KIND_TEXT: return parse_text(&v, e);
    case KIND_NAME: return parse_name(&v, e);
    case KIND_CURRENCY: return parse_currency(&v, e);
    case KIND_ZONE: return parse_zone(&v, e);
    case KIND_COUNTRY: return parse_country(&v, e);
    case KIND_FOLDER: return parse_folder(&v, e);
    case KIND_FILE: return parse_path(&v, e);
    case KIND_DEVICE: return parse_place(&v, e);
    case KIND_DATABASE: return parse_database(&v, e);
    case KIND_PHONE: return parse_phone(&v, e);
    case KIND_PIN: return parse_pin(&v, e);
    case KIND_ROUTE: return parse_route(&v, e);
    case KIND_NUMBERS: return parse_numbers(&v, e);
    case KIND_WHOLE: return parse_whole(&v, e);
    case KIND_FLAG: return parse_flag(&v, e);
    case KIND_WORD: return parse_word(&v, e);
    case KIND_SECONDS: return parse_duration(&v, 1000, e);
    case KIND_MILLIS: return parse_duration(&v, 1, e);
    case KIND_TIME: return parse_time(&v, e);
    case KIND_SETTLE: return parse_settle(&v, e);
    case KIND_PACE: return pace_parse(text, out, e);
    case KIND_WINDOW: return window_parse(text, out, e);
    case KIND_HOURS: return parse_hours(&v, e);
    case KIND_MONEY: return parse_money(&v, e);
    case KIND_PERCENT: return parse_percent(&v, e);
    }
    return err_set(e, FAIL_FATAL, "setting %s has no notation", s->key);
}
