/*
 * iec62056.c - IEC 62056-21: find a message, check it, and read its head.
 */
#include "protocol/iec62056_private.h"

#include "meterpost/base/text.h"
#include "protocol/crc16.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define SEVEN     0x7F
#define IDENT_MAX 64 /* characters of an identification: 16 by the standard */
#define SIGN_MAX  36 /* of a sign-on with its address */

static char
at(const uint8_t *bytes, size_t i)
{
    return (char)(bytes[i] & SEVEN);
}

/* The first place from `from` on that holds c; n when none does. */
static size_t
find_char(const uint8_t *bytes, size_t n, size_t from, char c)
{
    while (from < n && at(bytes, from) != c)
        from++;
    return from;
}

static uint8_t
block_check(const uint8_t *bytes, size_t n)
{
    uint8_t sum = 0;

    for (size_t i = 0; i < n; i++)
        sum ^= bytes[i] & SEVEN;
    return sum;
}

static bool
cut_short(struct frame *f, const char *what)
{
    frame_refuse(f, FRAME_LENGTH, "ends before %s", what);
    f->incomplete = true;
    return false;
}

/* Behind a line: CR LF, LF, or whatever of them is there. */
static size_t
skip_line_end(const uint8_t *bytes, size_t n, size_t i)
{
    while (i < n && (at(bytes, i) == '\r' || at(bytes, i) == '\n'))
        i++;
    return i;
}

/* ---- STX ... ETX BCC ---- */

/* A block from its STX or SOH, which the check leaves out. *end: where its ETX is. */
static bool
check_block(const uint8_t *bytes, size_t n, size_t *end, struct frame *f)
{
    size_t i = 1;
    uint8_t sum;

    while (i < n && at(bytes, i) != IEC_ETX && at(bytes, i) != IEC_EOT)
        i++;
    if (i + 1 >= n)
        return cut_short(f, "ETX and its check character");
    sum = block_check(bytes + 1, i);
    if ((bytes[i + 1] & SEVEN) != sum)
        return frame_refuse(f, FRAME_CHECKSUM, "the check is %02X, the message says %02X",
                            (unsigned)sum, (unsigned)bytes[i + 1] & SEVEN);
    *end = i;
    return true;
}

/* ---- kinds of message ---- */

/* /?address! */
static bool
read_sign_on(const uint8_t *bytes, size_t n, struct frame *f)
{
    size_t end = find_char(bytes, n > SIGN_MAX ? SIGN_MAX : n, 2, '!');

    if (end == SIGN_MAX)
        return frame_refuse(f, FRAME_LENGTH, "an address of more than 32 characters");
    if (end == n)
        return cut_short(f, "the '!' of a sign-on");
    if (end + 2 >= n)
        return cut_short(f, "CR and LF");
    if (at(bytes, end + 1) != '\r' || at(bytes, end + 2) != '\n')
        return frame_refuse(f, FRAME_END, "no CR and LF behind '!'");
    frame_clear(f);
    for (size_t i = 2; i < end; i++)
        f->address[i - 2] = at(bytes, i) < ' ' || at(bytes, i) > '~' ? '.' : at(bytes, i);
    f->address[end - 2] = '\0';
    f->direction = FRAME_REQUEST;
    f->function = "sign-on";
    f->length = end + 3;
    return true;
}

int
iec62056_baud(char z)
{
    static const int bauds[] = {300, 600, 1200, 2400, 4800, 9600, 19200};

    if (z >= '0' && z <= '6')
        return bauds[z - '0'];
    return z >= 'A' && z <= 'F' ? bauds[z - 'A' + 1] : 0;
}

/* `id` is a word, which is its name as well, and lives for ever. */
static struct frame_value *
add(struct frame *f, const char *id)
{
    struct frame_value *v = frame_value_add(f, id);

    text_copy(v->id, sizeof(v->id), id);
    return v;
}

/* /XXXZ identification: the n characters between '/' and the end of the line. */
static void
read_identity(const uint8_t *line, size_t n, struct frame *f)
{
    char text[IDENT_MAX + 1] = "", z;
    int baud;

    for (size_t i = 0; i < n; i++)
        text[i] = at(line, i) < ' ' || at(line, i) > '~' ? '.' : at(line, i);
    text[n] = '\0';
    z = text[3];
    baud = iec62056_baud(z);
    memcpy(f->maker, text, 3);
    f->maker[3] = '\0';
    snprintf(f->control, sizeof(f->control), "%c", z);
    value_text(add(f, "identification"), text + 4);
    frame_note(f, "mode %s", baud == 0 ? "A" : z >= 'A' ? "B" : "C");
    if (baud != 0)
        frame_note(f, "%d baud", baud);
    f->direction = FRAME_REPLY;
}

/* The check of a P1 port: four hex digits behind '!', over everything up to it. True when
 * there is none either. */
static bool
check_p1(const uint8_t *bytes, size_t n, size_t mark, size_t *end, bool *checked,
         struct frame *f)
{
    char digits[5] = "";
    unsigned long said;
    uint16_t crc = crc16(0, bytes, mark + 1);

    *end = mark + 1;
    *checked = false;
    for (size_t i = 0; i < 4 && mark + 1 + i < n; i++)
        digits[i] = at(bytes, mark + 1 + i);
    if (digits[0] == '\0' || digits[0] == '\r' || digits[0] == '\n')
        return true;
    if (strspn(digits, "0123456789ABCDEFabcdef") != 4) {
        if (mark + 5 > n)
            return cut_short(f, "the four digits of its check");
        return frame_refuse(f, FRAME_CHECKSUM, "no check of four digits behind '!'");
    }
    said = strtoul(digits, NULL, 16);
    if (said != crc)
        return frame_refuse(f, FRAME_CHECKSUM, "the CRC is %04X, the message says %04lX",
                            (unsigned)crc, said);
    *end = mark + 5;
    *checked = true;
    return true;
}

/* Data lines without STX, up to '!'. They begin at `from`; the message at 0. */
static bool
read_plain(const uint8_t *bytes, size_t n, size_t from, struct frame *f)
{
    size_t mark = find_char(bytes, n, from, '!'), end;
    bool checked;

    if (mark == n)
        return cut_short(f, "the '!' behind the data");
    if (!check_p1(bytes, n, mark, &end, &checked, f) ||
        !iec_block_read(bytes + from, mark - from, f))
        return false;
    if (!checked)
        frame_note(f, "unchecked: no check characters were sent");
    f->length = skip_line_end(bytes, n, end);
    return true;
}

/* STX ... ETX BCC behind an identification. */
static bool
read_checked(const uint8_t *bytes, size_t n, size_t from, struct frame *f)
{
    size_t end;

    if (!check_block(bytes + from, n - from, &end, f) ||
        !iec_block_read(bytes + from + 1, end - 1, f))
        return false;
    f->length = from + end + 2;
    return true;
}

/* An identification, alone or with the data that follow at once. */
static bool
read_telegram(const uint8_t *bytes, size_t n, struct frame *f)
{
    size_t line = 1, data;
    bool good;

    while (line < n && at(bytes, line) != '\r' && at(bytes, line) != '\n' &&
           at(bytes, line) != IEC_STX)
        line++;
    if (line == n && line <= IDENT_MAX)
        return cut_short(f, "the end of the identification");
    if (line < 6 || line > IDENT_MAX)
        return frame_refuse(f, FRAME_START, "no identification behind '/'");
    data = skip_line_end(bytes, n, line);
    frame_clear(f);
    if (data == n || at(bytes, data) == IEC_ACK || at(bytes, data) == IEC_NAK ||
        at(bytes, data) == IEC_SOH || at(bytes, data) == '/') {
        f->length = data;
        f->function = "identification";
        read_identity(bytes + 1, line - 1, f);
        return true;
    }
    read_identity(bytes + 1, line - 1, f);
    good = at(bytes, data) == IEC_STX ? read_checked(bytes, n, data, f)
                                      : read_plain(bytes, n, data, f);
    if (good)
        f->function = "readout";
    return good;
}

/* ACK alone, or ACK V Z Y CR LF. */
static bool
read_ack(const uint8_t *bytes, size_t n, struct frame *f)
{
    frame_clear(f);
    f->length = 1;
    f->function = "acknowledged";
    if (n < 2 || at(bytes, 1) < '0' || at(bytes, 1) > '9')
        return true;
    if (n < 6)
        return cut_short(f, "the end of an acknowledgement");
    if (at(bytes, 4) != '\r' || at(bytes, 5) != '\n')
        return frame_refuse(f, FRAME_END, "no CR and LF behind an acknowledgement");
    f->direction = FRAME_REQUEST;
    f->length = 6;
    snprintf(f->control, sizeof(f->control), "%c%c%c", at(bytes, 1), at(bytes, 2),
             at(bytes, 3));
    f->function = at(bytes, 3) == '0'   ? "acknowledge, readout"
                  : at(bytes, 3) == '1' ? "acknowledge, programming"
                  : at(bytes, 3) == '2' ? "acknowledge, HDLC"
                                        : "acknowledge";
    if (iec62056_baud(at(bytes, 2)) != 0)
        value_number(add(f, "baud"), iec62056_baud(at(bytes, 2)), 0, "baud");
    return true;
}

static const struct {
    char letter, digit; /* digit 0: any */
    enum frame_direction direction;
    const char *name;
} commands[] = {
    {'P', '0', FRAME_REPLY, "password asked for"},
    {'P', 0, FRAME_REQUEST, "password"},
    {'R', 0, FRAME_REQUEST, "read"},
    {'W', 0, FRAME_REQUEST, "write"},
    {'E', 0, FRAME_REQUEST, "execute"},
    {'B', 0, FRAME_EITHER, "break"},
};

static bool
command_find(char letter, char digit, struct frame *f)
{
    for (size_t i = 0; i < sizeof(commands) / sizeof(commands[0]); i++) {
        if (commands[i].letter != letter ||
            (commands[i].digit != 0 && commands[i].digit != digit))
            continue;
        f->direction = commands[i].direction;
        f->function = commands[i].name;
        snprintf(f->control, sizeof(f->control), "%c%c", letter, digit);
        return true;
    }
    return frame_refuse(f, FRAME_CONTROL, "there is no such command");
}

/* What stands in a request is no reading: a register that is read, or what it is set to. */
static void
mark_asked(struct frame *f)
{
    for (int i = 0; i < f->n_values; i++) {
        struct frame_value *v = &f->values[i];

        v->is_number = false;
        if (f->control[0] != 'R')
            continue;
        if (v->text[0] != '\0')
            value_note(v, "argument %.40s", v->text);
        value_state(v, FRAME_ASKED, NULL);
    }
}

/* SOH command [STX data] ETX BCC */
static bool
read_command(const uint8_t *bytes, size_t n, struct frame *f)
{
    size_t end = 0, length;

    if (!check_block(bytes, n, &end, f))
        return false;
    if (end < 3)
        return frame_refuse(f, FRAME_DATA, "no command behind SOH");
    length = end + 2;
    frame_clear(f);
    if (end > 3) {
        if (at(bytes, 3) != IEC_STX)
            return frame_refuse(f, FRAME_DATA, "no STX behind the command");
        if (!iec_block_read(bytes + 4, end - 4, f))
            return false;
    }
    if (!command_find(at(bytes, 1), at(bytes, 2), f))
        return false;
    f->follows = at(bytes, end) == IEC_EOT;
    f->length = length;
    if (f->direction == FRAME_REQUEST)
        mark_asked(f);
    return true;
}

/* STX data ETX BCC: what was asked for, or (error). */
static bool
read_answer(const uint8_t *bytes, size_t n, struct frame *f)
{
    size_t end = 0;

    if (!check_block(bytes, n, &end, f))
        return false;
    frame_clear(f);
    if (!iec_block_read(bytes + 1, end - 1, f))
        return false;
    f->direction = FRAME_REPLY;
    f->function = "data";
    f->follows = at(bytes, end) == IEC_EOT;
    f->length = end + 2;
    if (f->n_values == 1 && f->values[0].id[0] == '\0' &&
        strncmp(f->values[0].text, "ER", 2) == 0) {
        text_clip(f->exception, sizeof(f->exception), f->values[0].text);
        f->n_values = 0;
    }
    return true;
}

/* Data lines alone: a readout whose head was not recorded. */
static bool
read_lines(const uint8_t *bytes, size_t n, struct frame *f)
{
    frame_clear(f);
    if (!read_plain(bytes, n, 0, f))
        return false;
    f->direction = FRAME_REPLY;
    f->function = "readout";
    return true;
}

static bool
is_id(char c)
{
    return (c >= '0' && c <= '9') || (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z');
}

/* What begins at `bytes`. *begins is false for what begins nothing. */
static bool
read_message(const uint8_t *bytes, size_t n, bool first, bool *begins, struct frame *f)
{
    *begins = true;
    switch (at(bytes, 0)) {
    case '/':
        if (n > 1 && at(bytes, 1) == '?')
            return read_sign_on(bytes, n, f);
        return read_telegram(bytes, n, f);
    case IEC_ACK: return read_ack(bytes, n, f);
    case IEC_SOH: return read_command(bytes, n, f);
    case IEC_STX: return read_answer(bytes, n, f);
    case IEC_NAK:
        frame_clear(f);
        f->length = 1;
        f->function = "not understood";
        return true;
    default: break;
    }
    *begins = first && is_id(at(bytes, 0)) && find_char(bytes, n, 0, '(') < n;
    return *begins && read_lines(bytes, n, f);
}

bool
iec62056_decode(const uint8_t *bytes, size_t n, struct frame *f)
{
    struct frame_best best = {FRAME_START, false, "nothing that begins a message"};
    bool first = true;

    for (size_t i = 0; i < n; i++) {
        bool begins;

        if (read_message(bytes + i, n - i, first, &begins, f)) {
            f->start = i;
            return true;
        }
        if (begins)
            frame_best_take(&best, f);
        first = first && !begins && !is_id(at(bytes, i));
        /* What is behind a damaged telegram lies inside it: look for another head only. */
        if (begins && at(bytes, i) == '/')
            while (i + 1 < n && at(bytes, i + 1) != '/')
                i++;
    }
    return frame_best_refuse(&best, f);
}
