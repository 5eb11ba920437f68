#include "at.h"

#include "alphabet.h"
#include "at_command.h"
#include "emulator.h"
#include "meterpost/base/text.h"

#include <ctype.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define NAME_MAX_AT 24

/* Words of AT+CMEE=2. A code without a word is said as its number. */
static const struct {
    int code;
    const char *word;
} words[] = {
    {CME(10), "SIM not inserted"},   {CME(11), "SIM PIN required"},
    {CME(12), "SIM PUK required"},   {CME(14), "SIM busy"},
    {CMS(314), "SIM busy"},          {CME(16), "incorrect password"},
    {CME(30), "no network service"}, {CMS(304), "invalid PDU mode parameter"},
    {CMS(310), "SIM not inserted"},  {CMS(311), "SIM PIN required"},
    {CMS(312), "SIM PUK required"},  {CMS(321), "invalid memory index"},
    {CMS(322), "memory full"},       {CMS(331), "no network service"},
};

void
at_say(struct modem *m, const char *fmt, ...)
{
    char text[MODEM_LINE_MAX * 2];
    va_list args;

    va_start(args, fmt);
    vsnprintf(text, sizeof(text), fmt, args);
    va_end(args);
    buf_printf(&m->reply, "%s%s\r\n",
               m->reply.used == 0 && m->settings.verbose ? "\r\n" : "", text);
}

static void
say_coded_error(struct modem *m, int result)
{
    bool cms = result < CME(0);
    const char *family = cms ? "CMS" : "CME";

    for (size_t i = 0; m->settings.cmee == 2 && i < sizeof(words) / sizeof(words[0]); i++) {
        if (words[i].code == result) {
            buf_printf(&m->reply, "\r\n+%s ERROR: %s\r\n", family, words[i].word);
            return;
        }
    }
    buf_printf(&m->reply, "\r\n+%s ERROR: %d\r\n", family, result % 1000);
}

static void
say_result(struct modem *m, int result)
{
    if (result == AT_PROMPT)
        buf_puts(&m->reply, m->faults.bare_prompt != 0 ? "\r\n>" : "\r\n> ");
    else if (m->settings.quiet)
        return;
    else if (result >= CMS(0) && (result < CME(0) || m->settings.cmee > 0))
        say_coded_error(m, result);
    else if (m->settings.verbose)
        buf_puts(&m->reply, result == AT_OK ? "\r\nOK\r\n" : "\r\nERROR\r\n");
    else
        buf_puts(&m->reply, result == AT_OK ? "0\r" : "4\r");
}

static void
reply_due(void *ctx)
{
    struct modem *m = ctx;

    m->reply_timer = 0;
    modem_pump(m);
}

void
at_end(struct modem *m, int result, int latency_ms)
{
    if (result == AT_LOST) {
        buf_clear(&m->reply);
        return;
    }
    say_result(m, result);
    m->waiting = true;
    m->reply_timer =
        latency_ms > 0 ? loop_after(m->emu->loop, latency_ms, reply_due, m) : 0;
}

int
at_split(char *arg, char *values[], int most)
{
    static char nothing[1];
    int n = 0;
    bool quoted = false;
    char *to = arg, *start = arg;

    for (int i = 0; i < most; i++)
        values[i] = nothing;
    for (;; arg++) {
        if (*arg == '"') {
            quoted = !quoted;
        } else if (*arg == '\0' || (*arg == ',' && !quoted)) {
            bool last = *arg == '\0';

            *to++ = '\0';
            if (n < most)
                values[n] = start;
            n++;
            start = to;
            if (last)
                return n;
        } else if (quoted || *arg != ' ') {
            *to++ = *arg;
        }
    }
}

int
at_number(const char *text, int least, int most)
{
    size_t n = strlen(text);
    long value;

    if (n == 0 || n > 9 || strspn(text, "0123456789") != n)
        return -1;
    value = strtol(text, NULL, 10);
    return value < least || value > most ? -1 : (int)value;
}

/* UTF-16 in hexadecimal, four digits a unit. */
static void
ucs2_hex(const char *utf8, char *out, size_t size)
{
    struct text t;
    size_t n = strlen(utf8);

    text_init(&t, out, size);
    for (size_t i = 0; i < n;) {
        uint32_t point = 0xFFFD;
        int step = utf8_next(utf8 + i, n - i, &point);

        i += step < 1 ? 1 : (size_t)step;
        if (point < 0x10000)
            text_addf(&t, "%04X", point);
        else
            text_addf(&t, "%04X%04X", 0xD800u | (point - 0x10000) >> 10,
                      0xDC00u | (point & 0x3FF));
    }
}

const char *
at_quote(const struct modem *m, const char *utf8, char *out, size_t size)
{
    char body[2048];
    uint8_t septets[1024];
    long n;

    text_copy(body, sizeof(body), utf8);
    if (m->settings.charset == CHARSET_UCS2)
        ucs2_hex(utf8, body, sizeof(body));
    if (m->settings.charset == CHARSET_GSM) {
        n = gsm7_from_utf8(utf8, septets, sizeof(septets));
        if (n >= 0 && memchr(septets, 0, (size_t)n) == NULL) {
            memcpy(body, septets, (size_t)n);
            body[n] = '\0';
        }
    }
    snprintf(out, size, "\"%s\"", body);
    return out;
}

/* ---- finding and running */

static const struct at_command *
find_in(const struct at_command *table, const char *name)
{
    for (; table->name != NULL; table++) {
        if (strcasecmp(table->name, name) == 0)
            return table;
    }
    return NULL;
}

static int
check_need(const struct modem *m, enum need need)
{
    int base = need == NEED_SIM_CMS ? CMS(310) : CME(10);

    if (need == NEED_NOTHING || modem_sim_ready(m))
        return AT_OK;
    if (!m->sim.present)
        return base;
    if (m->starting)
        return base + 4;
    return m->sim.pin_tries > 0 ? base + 1 : base + 2;
}

static int
run_extended(struct modem *m, const char *name, enum form form, char *arg)
{
    const struct at_command *c = find_in(at_general, name);
    int lacking;

    if (c == NULL)
        c = find_in(at_messages, name);
    if (c == NULL)
        return AT_ERROR;
    if (strcmp(c->name, "+CMGS") != 0 && fault_strikes(&m->faults.cme_next))
        return m->faults.cme == 0 ? AT_ERROR : CME(m->faults.cme);
    lacking = check_need(m, c->need);
    if (lacking != AT_OK)
        return lacking;
    if (form == FORM_TEST && c->test != NULL) {
        if (c->test[0] != '\0')
            at_say(m, "%s: %s", c->name, c->test);
        return AT_OK;
    }
    return c->run == NULL ? AT_OK : c->run(m, form, arg);
}

/* Take one "+NAME...", up to ';' or the end; *at is moved behind it. */
static int
extended(struct modem *m, char **at)
{
    char name[NAME_MAX_AT] = "";
    char *p = *at, *end;
    size_t n = 1 + strcspn(p + 1, "=?; ");
    bool quoted = false;
    enum form form = FORM_EXEC;

    for (end = p; *end != '\0' && (quoted || *end != ';'); end++)
        quoted ^= *end == '"';
    *at = *end == ';' ? end + 1 : end;
    *end = '\0';
    if (n >= sizeof(name))
        return AT_ERROR;
    memcpy(name, p, n);
    p += n;
    if (strcmp(p, "?") == 0)
        form = FORM_READ;
    else if (strcmp(p, "=?") == 0)
        form = FORM_TEST;
    else if (*p == '=')
        form = FORM_SET;
    else if (*p != '\0')
        return AT_ERROR;
    return run_extended(m, name, form, form == FORM_SET ? p + 1 : p + strlen(p));
}

/* V.250: a letter, or & and a letter, and a number that is 0 when left out. */
static int
basic(struct modem *m, char **at)
{
    char *p = *at;
    bool ampersand = *p == '&';
    char letter = (char)toupper((unsigned char)p[ampersand]);
    int n;

    if (letter == '\0')
        return AT_ERROR;
    p += ampersand + 1;
    n = (int)strtol(p, &p, 10);
    if (letter == 'S' && *p == '=')
        strtol(p + 1, &p, 10);
    *at = p;
    if (ampersand) {
        if (letter == 'F')
            modem_reset_settings(m);
        return strchr("FWCDKV", letter) != NULL ? AT_OK : AT_ERROR;
    }
    switch (letter) {
    case 'E': m->settings.echo = n != 0; return AT_OK;
    case 'V': m->settings.verbose = n != 0; return AT_OK;
    case 'Q': m->settings.quiet = n != 0; return AT_OK;
    case 'Z': modem_reset_settings(m); return AT_OK;
    case 'I': at_say(m, "Meterpost EM1 %s", METERPOST_VERSION); return AT_OK;
    case 'H': modem_hang_up(m); return AT_OK;
    case 'X':
    case 'S': return AT_OK;
    default: return AT_ERROR;
    }
}

void
at_line(struct modem *m, char *line)
{
    int result = AT_OK;

    if (strncasecmp(line, "AT", 2) != 0)
        return;
    m->commands++;
    for (char *p = line + 2; *p != '\0' && result == AT_OK;) {
        if (*p == ' ' || *p == ';')
            p++;
        else if (strchr("+$^*%#", *p) != NULL)
            result = extended(m, &p);
        else
            result = basic(m, &p);
    }
    at_end(m, result, m->faults.at_latency_ms);
}

void
at_too_long(struct modem *m)
{
    at_end(m, AT_ERROR, m->faults.at_latency_ms);
}
