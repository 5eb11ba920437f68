/*
 * What staff text is secret, and is nowhere afterwards: the real engine takes codes that
 * are right, wrong, misspelt and in other digits, and then every file that it wrote (the
 * database, its log, copies, exports, the journal) and the SIM are searched for them, as
 * text and as a SIM packs it.
 */
#include "staff_phones.h"

#include "meterpost/base/text.h"

#include <dirent.h>
#include <sys/stat.h>

#define AMINA    "+254722000101"
#define JOSEPH   "+254722000102"
#define CUSTOMER "+254722000001"
#define SECRETS  40
#define OPEN     "739201845" /* of a customer: no code, must be found */

static struct person amina = {.name = "amina", .phone = AMINA},
                     joseph = {.name = "joseph", .phone = JOSEPH};
static char secrets[SECRETS][2 * CODE_TEXT_MAX];
static size_t n_secrets;

static const char *
secret(const char *code)
{
    cr_assert_lt(n_secrets, SECRETS);
    snprintf(secrets[n_secrets], sizeof(secrets[0]), "%s", code);
    return secrets[n_secrets++];
}

static void
begin(void)
{
    begin_with("reading: {window: \"00:00-24:00\"}\nlog: {level: debug}\n"
               "limits: {replies_per_number: 500/10m, replies_per_day: 500}\n");
    settle_owing(2, "1500");
    hire(&amina, " supervisor=joseph");
    hire(&joseph, "");
    enrol(&amina, true);
    enrol(&joseph, false);
}

static void
finish(void)
{
    json_decref(amina.codes);
    end();
}

TestSuite(masking, .init = begin, .fini = finish, .timeout = 300);

/* ---- searching ---- */

/* Septets, as a SIM holds them when the code begins `shift` bits into an octet: the octets
 * that are the code's alone. */
static size_t
packed(const char *code, int shift, uint8_t out[64])
{
    uint8_t bits[64 * 8] = {0};
    size_t n = (size_t)shift, first = shift == 0 ? 0 : 1, octets;

    for (const char *at = code; *at != '\0'; at++) {
        for (int k = 0; k < 7; k++)
            bits[n++] = (uint8_t)(*at >> k & 1);
    }
    octets = n / 8;
    for (size_t i = first; i < octets; i++) {
        out[i - first] = 0;
        for (int k = 0; k < 8; k++)
            out[i - first] |= (uint8_t)(bits[8 * i + (size_t)k] << k);
    }
    return octets - first;
}

static bool
has(const char *bytes, size_t size, const void *what, size_t n)
{
    return memmem(bytes, size, what, n) != NULL;
}

/* As text, in capitals or not, in UCS-2, packed, and packed in hexadecimal. */
static bool
has_code(const char *bytes, size_t size, const char *code)
{
    size_t n = strlen(code);
    char small[2 * CODE_TEXT_MAX], wide[4 * CODE_TEXT_MAX] = {0}, hex[130];
    uint8_t octets[64];

    for (size_t i = 0; i <= n; i++) {
        small[i] = (char)(code[i] >= 'A' && code[i] <= 'Z' ? code[i] + 32 : code[i]);
        wide[2 * i + 1] = code[i];
    }
    if (has(bytes, size, code, n) || has(bytes, size, small, n) ||
        has(bytes, size, wide, 2 * n))
        return true;
    for (int shift = 0; shift < 8; shift++) {
        size_t k = packed(code, shift, octets);

        hex_print(octets, k, hex);
        if (has(bytes, size, octets, k) || has(bytes, size, hex, 2 * k))
            return true;
    }
    return false;
}

static int open_seen; /* files in which the customer's words were found */

static void
search_file(const char *path)
{
    FILE *f = fopen(path, "rb");
    char *bytes;
    size_t n;

    cr_assert_not_null(f, "%s", path);
    fseek(f, 0, SEEK_END);
    n = (size_t)ftell(f);
    rewind(f);
    bytes = malloc(n + 1);
    cr_assert(bytes != NULL && fread(bytes, 1, n, f) == n);
    fclose(f);
    open_seen += has_code(bytes, n, OPEN);
    for (size_t i = 0; i < n_secrets; i++)
        cr_expect_not(has_code(bytes, n, secrets[i]), "%s is in %s", secrets[i], path);
    free(bytes);
}

/* Everything but what the network itself, played by the emulator, writes of its errands. */
static void
search_folder(const char *folder)
{
    DIR *dir = opendir(folder);
    struct dirent *one;

    cr_assert_not_null(dir, "%s", folder);
    while ((one = readdir(dir)) != NULL) {
        char path[RIG_PATH_MAX + 300];
        struct stat st;

        snprintf(path, sizeof(path), "%s/%s", folder, one->d_name);
        if (one->d_name[0] == '.' || strncmp(one->d_name, "emulator", 8) == 0 ||
            lstat(path, &st) == -1)
            continue;
        if (S_ISDIR(st.st_mode))
            search_folder(path);
        else if (S_ISREG(st.st_mode))
            search_file(path);
    }
    closedir(dir);
}

static void
search_json(json_t *answer, const char *what)
{
    char *text = json_dumps(answer, JSON_COMPACT | JSON_ENCODE_ANY);

    cr_assert_not_null(text, "%s: %s", what, e.text);
    for (size_t i = 0; i < n_secrets; i++)
        cr_expect_not(has_code(text, strlen(text), secrets[i]), "%s is in %s: %s",
                      secrets[i], what, text);
    free(text);
    json_decref(answer);
}

/* ---- texting ---- */

static void
from(const char *phone, const char *text)
{
    cr_assert(rig_inject(r, phone, "sim1", text, &e), "%s: %s", text, e.text);
    idle();
    minutes_pass(1);
}

static void
one_time(const char *fmt, int ahead)
{
    char code[CODE_TEXT_MAX], text[100];

    code_totp(&joseph.key, clock_now() + ahead * 60, 60, code);
    snprintf(text, sizeof(text), fmt, secret(code));
    from(JOSEPH, text);
}

/* A full-width spelling of digits: three octets each. */
static const char *
full_width(const char *digits, char out[60])
{
    char *at = out;

    for (; *digits != '\0'; digits++)
        at += sprintf(at, "\xEF\xBC%c", '\x90' + (*digits - '0'));
    return out;
}

/* The code that the last answer wants, and its reference. */
static const char *
asked(char ref[8])
{
    const char *want = strstr(said, "Confirm with code ");
    int number = 0;

    cr_assert(want != NULL && sscanf(want, "Confirm with code %d of your sheet: YES %7s",
                                     &number, ref) == 2,
              "nothing is asked for: %s", said);
    return secret(json_string_value(json_array_get(amina.codes, (size_t)number - 1)));
}

/* A command of the sheet whose YES is written as `fmt` says. */
static void
by_sheet(const char *fmt, bool wide)
{
    char ref[8], text[120], digits[60];
    const char *code;

    texts(&amina, "PAY 2001 5", "Confirm with code");
    code = asked(ref);
    snprintf(text, sizeof(text), fmt, ref, wide ? full_width(code, digits) : code);
    minutes_pass(1);
    from(AMINA, text);
}

static void
staff_text_codes(void)
{
    char words[CODE_MESSAGE_MAX], *code;

    by_sheet("YES %s %s", false);
    by_sheet("yes %s: %s!", false);
    by_sheet("YES%s %s", false);
    by_sheet("Y3S %s %s", false);
    by_sheet("YES %s %s", true);
    by_sheet("确认 %s %s", false);
    texts(&amina, "YES 00000 13577531", "nothing waits");
    secret("13577531");
    from(AMINA, secret("86420246"));
    one_time("HOLD 2001 3 %s", 0);
    one_time("HODL 2001 3 %s", 0);
    one_time("hold 2001 %s", 1);
    one_time("code: %s", 2);
    from(JOSEPH, "HOLD 2001 3 135790");
    secret("135790");
    snprintf(words, sizeof(words), "%s", signed_words(&joseph, "PAY 2001 7"));
    code = strrchr(words, ' ') + 1;
    secret(code);
    from("+254733123456", words); /* his other phone: nobody's */
    from(JOSEPH, words);
    snprintf(words, sizeof(words), "%s", signed_words(&joseph, "CUT 000000000101"));
    memcpy(words, "CTU", 3);
    secret(strrchr(words, ' ') + 1);
    from(JOSEPH, words);
}

Test(masking, codes_are_in_no_file_and_in_no_sim)
{
    json_t *answer;
    char path[RIG_PATH_MAX];
    int64_t paid;

    from(CUSTOMER, "COMPLAINT the meter shows " OPEN);
    staff_text_codes();
    answer = as("root", 0, "pay list 2001");
    paid = (int64_t)json_array_size(answer);
    cr_expect_geq(paid, 3, "the right ones acted: %lld payments", (long long)paid);
    search_json(answer, "pay list");
    search_json(as("root", 0, "inbox --limit 1000"), "inbox");
    search_json(as("root", 0, "outbox --limit 1000"), "outbox");
    search_json(as("root", 0, "audit list --limit 1000"), "audit");
    for (size_t i = 0; i < n_secrets; i += 4)
        json_decref(as("root", 1, "find %s", secrets[i]));
    search_json(rig_ask(r, &e, "{s:s,s:s}", "do", "sim", "modem", "sim1"), "SIM");
    json_decref(as("root", 0, "backup now"));
    rig_path(r, "whole", path);
    json_decref(as("root", 0, "export all %s", path));
    open_seen = 0;
    search_folder(rig_dir(r));
    cr_expect_geq(open_seen, 4,
                  "the search itself: database or log, journal of the rig, "
                  "backup, export; found in %d files",
                  open_seen);
    rig_engine_kill(r);
    search_folder(rig_dir(r));
    cr_assert(rig_engine_start(r, &e), "%s", e.text);
    cr_assert(rig_engine_stop(r, &e), "%s", e.text);
    search_folder(rig_dir(r));
    json_decref(as("root", 0, "audit verify"));
}
