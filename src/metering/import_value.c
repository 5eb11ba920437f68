/* Readers of the values of import files. */
#include "import_kind.h"
#include "meterpost/base/text.h"
#include "meterpost/base/units.h"
#include "meterpost/bus/kind.h"
#include "meterpost/metering/profile.h"
#include "meterpost/store/registry.h"

#include <string.h>

#define LETTERS "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"
#define DIGITS  "0123456789"

static bool
copy_of(const char *text, const char *allowed, const char *expected, void *to, size_t size,
        struct err *e)
{
    if (text[strspn(text, allowed)] != '\0')
        return err_set(e, FAIL_REJECT, "expected %s, got '%s'", expected, text);
    if (!text_copy(to, size, text))
        return err_set(e, FAIL_REJECT, "expected at most %zu characters, got '%s'",
                       size - 1, text);
    return true;
}

bool
read_key(struct import *im, const char *text, void *to, size_t size, struct err *e)
{
    (void)im;
    return copy_of(text, LETTERS DIGITS "-_./#", "letters, digits and -_./#", to, size, e);
}

bool
read_word(struct import *im, const char *text, void *to, size_t size, struct err *e)
{
    (void)im;
    return copy_of(text, LETTERS DIGITS "-_.", "letters, digits and -_.", to, size, e);
}

bool
read_text(struct import *im, const char *text, void *to, size_t size, struct err *e)
{
    (void)im;
    if (strpbrk(text, "\r\n\t") != NULL)
        return err_set(e, FAIL_REJECT, "expected one line without tabs");
    if (!text_copy(to, size, text))
        return err_set(e, FAIL_REJECT, "expected at most %zu bytes, got %zu", size - 1,
                       strlen(text));
    return true;
}

bool
read_phone(struct import *im, const char *text, void *to, size_t size, struct err *e)
{
    struct phone phone;

    if (!phone_parse(text, im->with->conf->utility.country_code, &phone, e))
        return false;
    if (phone.kind != PHONE_E164)
        return err_set(e, FAIL_REJECT, "expected a whole phone number, got '%s'", text);
    return text_copy(to, size, phone.text);
}

bool
read_money(struct import *im, const char *text, void *to, size_t size, struct err *e)
{
    struct money *money = to;

    (void)size;
    if (!decimal_parse(text, im->with->conf->decimals, &money->minor, e))
        return false;
    if (money->minor > MONEY_LIMIT || money->minor < -MONEY_LIMIT)
        return err_set(e, FAIL_REJECT, "expected a smaller amount, got '%s'", text);
    return true;
}

bool
read_quantity(struct import *im, const char *text, void *to, size_t size, struct err *e)
{
    struct quantity *quantity = to;

    (void)im;
    (void)size;
    return decimal_parse(text, QUANTITY_PLACES, &quantity->milli, e);
}

bool
read_time(struct import *im, const char *text, void *to, size_t size, struct err *e)
{
    (void)im;
    (void)size;
    return clock_parse(text, to, e);
}

bool
read_past(struct import *im, const char *text, void *to, size_t size, struct err *e)
{
    return read_time(im, text, to, size, e) &&
           (*(utc_t *)to <= im->with->now ||
            err_set(e, FAIL_REJECT, "expected a time that is not in the future"));
}

bool
read_duration(struct import *im, const char *text, void *to, size_t size, struct err *e)
{
    int64_t ms;

    (void)im;
    (void)size;
    if (!duration_parse(text, &ms, e))
        return false;
    if (ms < 1000)
        return err_set(e, FAIL_REJECT, "expected at least 1s, got '%s'", text);
    *(int64_t *)to = ms / 1000;
    return true;
}

bool
read_window(struct import *im, const char *text, void *to, size_t size, struct err *e)
{
    struct day_window window;

    (void)im;
    return window_parse(text, &window, e) &&
           (text_copy(to, size, text) ||
            err_set(e, FAIL_REJECT, "expected a window like 22:00-06:00"));
}

bool
read_hour(struct import *im, const char *text, void *to, size_t size, struct err *e)
{
    int minutes;

    (void)im;
    return time_of_day_parse(text, &minutes, e) &&
           (text_copy(to, size, text) ||
            err_set(e, FAIL_REJECT, "expected a time of day like 00:30"));
}

/* Which of `words` it is; -1 with all of them named in *e. */
static int
one_of(const char *text, const char *const *words, struct err *e)
{
    char buffer[200];
    struct text all;

    text_init(&all, buffer, sizeof(buffer));
    for (int i = 0; words[i] != NULL; i++) {
        if (strcmp(text, words[i]) == 0)
            return i;
        text_addf(&all, "%s%s", i == 0 ? "" : ", ", words[i]);
    }
    err_set(e, FAIL_REJECT, "expected one of %s; got '%s'", buffer, text);
    return -1;
}

bool
read_yes_no(struct import *im, const char *text, void *to, size_t size, struct err *e)
{
    static const char *const words[] = {"no", "yes", "false", "true", "0", "1", NULL};
    int i = one_of(text, words, e);

    (void)im;
    (void)size;
    *(bool *)to = i >= 0 && i % 2 == 1;
    return i >= 0;
}

static bool
whole_number(const char *text, int64_t least, int64_t most, int64_t *out, struct err *e)
{
    if (!decimal_parse(text, 0, out, e))
        return false;
    if (*out < least || *out > most)
        return err_set(e, FAIL_REJECT, "expected %lld to %lld, got '%s'", (long long)least,
                       (long long)most, text);
    return true;
}

static bool
small_number(const char *text, int least, int most, int *out, struct err *e)
{
    int64_t value;

    if (!whole_number(text, least, most, &value, e))
        return false;
    *out = (int)value;
    return true;
}

bool
read_count(struct import *im, const char *text, void *to, size_t size, struct err *e)
{
    (void)im;
    (void)size;
    return small_number(text, 1, 1000000, to, e);
}

bool
read_phases(struct import *im, const char *text, void *to, size_t size, struct err *e)
{
    (void)im;
    (void)size;
    return small_number(text, 1, 3, to, e);
}

bool
read_digits(struct import *im, const char *text, void *to, size_t size, struct err *e)
{
    (void)im;
    (void)size;
    return small_number(text, 1, 15, to, e);
}

bool
read_decimals(struct import *im, const char *text, void *to, size_t size, struct err *e)
{
    (void)im;
    (void)size;
    return small_number(text, 0, 6, to, e);
}

bool
read_constant(struct import *im, const char *text, void *to, size_t size, struct err *e)
{
    (void)im;
    (void)size;
    return whole_number(text, 1, 1000000000, to, e);
}

bool
read_language(struct import *im, const char *text, void *to, size_t size, struct err *e)
{
    size_t letters = strspn(text, "abcdefghijklmnopqrstuvwxyz");

    (void)im;
    if (letters < 2 || letters > 3 || (text[letters] != '\0' && text[letters] != '-'))
        return err_set(e, FAIL_REJECT, "expected a language like en or sw, got '%s'", text);
    return copy_of(text, LETTERS DIGITS "-", "a language like en or pt-BR", to, size, e);
}

static bool
copy_one_of(const char *text, const char *const *words, void *to, size_t size,
            struct err *e)
{
    return one_of(text, words, e) >= 0 && text_copy(to, size, text);
}

bool
read_commodity(struct import *im, const char *text, void *to, size_t size, struct err *e)
{
    static const char *const words[] = {"electricity", "water", "gas", "heat", NULL};

    (void)im;
    return copy_one_of(text, words, to, size, e);
}

bool
read_group_kind(struct import *im, const char *text, void *to, size_t size, struct err *e)
{
    static const char *const words[] = {"transformer", "feeder", "zone", NULL};

    (void)im;
    return copy_one_of(text, words, to, size, e);
}

bool
read_device_state(struct import *im, const char *text, void *to, size_t size, struct err *e)
{
    static const char *const words[] = {"running", "stopped", "faulty", NULL};

    (void)im;
    return copy_one_of(text, words, to, size, e);
}

bool
read_protocol(struct import *im, const char *text, void *to, size_t size, struct err *e)
{
    char words[200];

    if (bus_kinds_find(im->with->kinds, text) != NULL)
        return text_copy(to, size, text);
    bus_kinds_like(im->with->kinds, text, words, sizeof(words));
    return err_set(e, FAIL_REJECT,
                   "expected a protocol or a kind of meter such as %s, got '%.40s'", words,
                   text);
}

bool
read_obis(struct import *im, const char *text, void *to, size_t size, struct err *e)
{
    (void)im;
    if (!obis_valid(text) || !text_copy(to, size, text))
        return err_set(e, FAIL_REJECT,
                       "expected a register's code like 1-0:1.8.0, got '%s'", text);
    return true;
}

bool
read_profile(struct import *im, const char *text, void *to, size_t size, struct err *e)
{
    if (profiles_find(im->with->profiles, text) == NULL)
        return err_set(e, FAIL_REJECT, "there is no profile '%s' in %s", text,
                       im->with->conf->paths.profiles);
    return read_word(im, text, to, size, e);
}

bool
read_tariff(struct import *im, const char *text, void *to, size_t size, struct err *e)
{
    if (!im->with->tariff_known(text, im->with->tariffs))
        return err_set(e, FAIL_REJECT, "there is no tariff '%s' in %s", text,
                       im->with->conf->paths.tariffs);
    return read_word(im, text, to, size, e);
}

bool
read_bus(struct import *im, const char *text, void *to, size_t size, struct err *e)
{
    if (conf_bus_find(im->with->conf, text) == NULL)
        return err_set(e, FAIL_REJECT, "there is no bus '%s' in the configuration", text);
    return read_word(im, text, to, size, e);
}

bool
read_account(struct import *im, const char *text, void *to, size_t size, struct err *e)
{
    struct account account;
    bool found;

    (void)size;
    if (!account_by_name(im->with->store, text, &account, &found, e))
        return false;
    if (!found)
        return err_set(e, FAIL_REJECT, "there is no account '%s'", text);
    if (account.closed_at != 0)
        return err_set(e, FAIL_REJECT, "account '%s' is closed", text);
    *(int64_t *)to = account.id;
    return true;
}

bool
read_concentrator(struct import *im, const char *text, void *to, size_t size, struct err *e)
{
    struct concentrator concentrator;
    bool found;

    (void)size;
    if (!concentrator_by_name(im->with->store, text, &concentrator, &found, e))
        return false;
    if (!found || concentrator.until != 0)
        return err_set(e, FAIL_REJECT, "there is no concentrator '%s'", text);
    *(int64_t *)to = concentrator.id;
    return true;
}

bool
read_collector(struct import *im, const char *text, void *to, size_t size, struct err *e)
{
    struct collector collector;
    bool found;

    (void)size;
    if (!collector_by_name(im->with->store, text, &collector, &found, e))
        return false;
    if (!found || collector.until != 0)
        return err_set(e, FAIL_REJECT, "there is no collector '%s'", text);
    *(int64_t *)to = collector.id;
    return true;
}

bool
read_group(struct import *im, const char *text, void *to, size_t size, struct err *e)
{
    struct group group;
    bool found;

    (void)size;
    if (!group_by_code(im->with->store, text, &group, &found, e))
        return false;
    if (!found || group.until != 0)
        return err_set(e, FAIL_REJECT, "there is no group '%s'", text);
    *(int64_t *)to = group.id;
    return true;
}
