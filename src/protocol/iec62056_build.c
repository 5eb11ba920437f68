/*
 * iec62056_build.c - the requests of IEC 62056-21.
 */
#include "protocol/iec62056_private.h"

#include <string.h>

#define ADDRESS_MAX 32
#define DATA_MAX    200

static void
put_text(struct frame_bytes *b, const char *text)
{
    bytes_add(b, (const uint8_t *)text, strlen(text));
}

static bool
is_printable(const char *text, const char *but)
{
    for (; *text != '\0'; text++) {
        if (*text < ' ' || *text > '~' || strchr(but, *text) != NULL)
            return false;
    }
    return true;
}

/* ETX and the exclusive or of everything behind the first byte. */
static void
put_end(struct frame_bytes *b)
{
    uint8_t sum = 0;

    bytes_put(b, IEC_ETX);
    for (size_t i = 1; i < b->n; i++)
        sum ^= b->at[i];
    bytes_put(b, sum);
}

bool
iec62056_sign_on(const char *address, struct frame_bytes *out, struct err *e)
{
    if (strlen(address) > ADDRESS_MAX || !is_printable(address, "()*/!?"))
        return err_set(e, FAIL_REJECT, "expected an address of up to %d characters",
                       ADDRESS_MAX);
    out->n = 0;
    put_text(out, "/?");
    put_text(out, address);
    put_text(out, "!\r\n");
    return true;
}

void
iec62056_acknowledge(char z, char y, struct frame_bytes *out)
{
    const char text[] = {IEC_ACK, '0', z, y, '\r', '\n'};

    out->n = 0;
    bytes_add(out, (const uint8_t *)text, sizeof(text));
}

bool
iec62056_command(const char *command, const char *data, struct frame_bytes *out,
                 struct err *e)
{
    if (strlen(command) != 2 || strchr("PRWEB", command[0]) == NULL || command[1] < '0' ||
        command[1] > '9')
        return err_set(e, FAIL_REJECT, "expected a command such as R1, got '%.8s'",
                       command);
    if (strlen(data) > DATA_MAX || !is_printable(data, "/!"))
        return err_set(e, FAIL_REJECT, "expected up to %d characters without '/' and '!'",
                       DATA_MAX);
    out->n = 0;
    bytes_put(out, IEC_SOH);
    put_text(out, command);
    bytes_put(out, IEC_STX);
    put_text(out, data);
    put_end(out);
    return true;
}

void
iec62056_break(struct frame_bytes *out)
{
    out->n = 0;
    bytes_put(out, IEC_SOH);
    put_text(out, "B0");
    put_end(out);
}

void
iec62056_parity(uint8_t *bytes, size_t n)
{
    for (size_t i = 0; i < n; i++) {
        bytes[i] &= 0x7F;
        if (__builtin_parity(bytes[i]))
            bytes[i] |= 0x80;
    }
}
