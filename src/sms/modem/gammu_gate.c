/*
 * Four functions of libGammu and one of libc, defined anew. The library exports both and
 * calls them through its PLT, so that a definition in the executable (built with
 * ENABLE_EXPORTS) comes first.
 *
 * GSM_DecodePDUFrame: the original writes past arrays on its stack for some messages,
 * refuses others so that they can be neither read nor deleted, and returns "empty", its
 * sign for the end of the list, for a third kind.
 *
 * GSM_DecodeSMSFrame, GSM_DecodeSMSFrameText: the same for messages on a +CMT line, which
 * we do not ask for, and in text mode, which we do not use.
 *
 * write: a modem that refuses AT+CMGF=0 would silently be used in text mode, where nothing
 * passes the gate and long texts are spoiled. It is asked for PDU mode once more instead.
 *
 * EncodeUnicodeSpecialNOKIAChars: the original turns every '~' of a UCS-2 text into a
 * control character that old Nokia phones understood.
 */
#include "gate.h"
#include "pace.h"

#include <gammu.h>

#include <dlfcn.h>
#include <string.h>
#include <sys/syscall.h>
#include <unistd.h>

/* Exported by the library, declared in none of its public headers. */
void EncodeUnicodeSpecialNOKIAChars(unsigned char *dest, const unsigned char *src,
                                    size_t len);

/* The functions that libGammu calls have no parameter to find a struct by. */
static struct {
    bool seen, refused, text_mode;
    struct octets last;
    const struct octets *only;
} gate;

void
gate_clear(void)
{
    gate.seen = false;
}

bool
gate_seen(struct octets *out)
{
    if (gate.seen)
        *out = gate.last;
    return gate.seen;
}

void
gate_expect(const struct octets *only)
{
    gate.only = only;
    gate.refused = false;
}

bool
gate_text_mode(void)
{
    return gate.text_mode;
}

void
gate_clear_text_mode(void)
{
    gate.text_mode = false;
}

bool
gate_refused(void)
{
    return gate.refused;
}

bool
gate_stands(void)
{
    GSM_Error (*mine)(GSM_Debug_Info *, GSM_SMSMessage *, const unsigned char *, size_t,
                      size_t *, gboolean) = GSM_DecodePDUFrame;
    void *first = dlsym(RTLD_DEFAULT, "GSM_DecodePDUFrame");

    return memcmp(&mine, &first, sizeof(first)) == 0;
}

static bool
is_expected(void)
{
    return gate.only == NULL || (gate.only->n == gate.last.n &&
                                 memcmp(gate.only->at, gate.last.at, gate.last.n) == 0);
}

GSM_Error
GSM_DecodePDUFrame(GSM_Debug_Info *di, GSM_SMSMessage *SMS, const unsigned char *buffer,
                   size_t length, size_t *final_pos, gboolean SMSC)
{
    /* A report on a +CDS line, not read from a place: libGammu counts its hex digits. */
    bool direct = SMS->Memory == 0 && SMS->Folder == 1;
    size_t n = direct ? length / 2 : length;

    (void)di;
    (void)SMSC;
    gate.last.n = n < sizeof(gate.last.at) ? n : sizeof(gate.last.at);
    memcpy(gate.last.at, buffer, gate.last.n);
    gate.seen = true;
    if (final_pos != NULL)
        *final_pos = length;
    GSM_SetDefaultReceivedSMSData(SMS);
    SMS->PDU = direct ? SMS_Status_Report : SMS_Deliver;
    if (direct || is_expected())
        return ERR_NONE;
    gate.refused = true;
    return ERR_UNKNOWN;
}

GSM_Error
GSM_DecodeSMSFrame(GSM_Debug_Info *di, GSM_SMSMessage *SMS, unsigned char *buffer,
                   GSM_SMSMessageLayout Layout)
{
    (void)di;
    (void)buffer;
    (void)Layout;
    SMS->Memory = MEM_INVALID; /* the callback that follows has nothing to look for */
    return ERR_UNKNOWN;
}

GSM_Error
GSM_DecodeSMSFrameText(GSM_Debug_Info *di, GSM_SMSMessage *SMS, unsigned char *buffer,
                       GSM_SMSMessageLayout Layout)
{
    return GSM_DecodeSMSFrame(di, SMS, buffer, Layout);
}

ssize_t
write(int fd, const void *bytes, size_t n)
{
    static const char text_mode[] = "AT+CMGF=1\r", pdu_mode[] = "AT+CMGF=0\r";

    if (n == sizeof(text_mode) - 1 && memcmp(bytes, text_mode, n) == 0) {
        gate.text_mode = true;
        bytes = pdu_mode;
    }
    pace_said(fd);
    return syscall(SYS_write, fd, bytes, n);
}

void
EncodeUnicodeSpecialNOKIAChars(unsigned char *dest, const unsigned char *src, size_t len)
{
    memcpy(dest, src, len * 2);
    dest[len * 2] = dest[len * 2 + 1] = 0;
}
