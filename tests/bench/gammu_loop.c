/*
 * gammu_loop - the baseline of `./run bench`: libGammu alone, in the shortest loop that
 * sends text messages one after the other and waits for each answer of the network, or that
 * reads stored messages and deletes them.
 *
 *     gammu_loop DEVICE NUMBER COUNT SETTLE_PERCENT     send to this number
 *     gammu_loop DEVICE read COUNT SETTLE_PERCENT       read and delete
 *
 * SETTLE_PERCENT scales the pauses that libGammu makes in every send (100 = its own).
 * Prints {"done": N, "milliseconds": M}.
 */
#include <dlfcn.h>
#include <gammu.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#define PLACES_MAX 255 /* messages of a walk */

static unsigned settle_percent = 100;

/* The library's pauses of 0.1 s and more are in the send; shorter ones are left alone. */
int
usleep(useconds_t us)
{
    struct timespec t;

    if (us >= 100000)
        us = us / 100 * settle_percent;
    t.tv_sec = (time_t)(us / 1000000);
    t.tv_nsec = (long)(us % 1000000) * 1000;
    return nanosleep(&t, NULL);
}

struct answer {
    int done, status;
};

static void
on_sent(GSM_StateMachine *s, int status, int reference, void *user)
{
    struct answer *a = user;

    (void)s;
    (void)reference;
    a->status = status;
    a->done = 1;
}

static int64_t
now_ms(void)
{
    struct timespec t;

    clock_gettime(CLOCK_MONOTONIC, &t);
    return (int64_t)t.tv_sec * 1000 + t.tv_nsec / 1000000;
}

static GSM_StateMachine *
connect_modem(const char *device)
{
    GSM_StateMachine *s = GSM_AllocStateMachine();
    GSM_Config *c = s == NULL ? NULL : GSM_GetConfig(s, 0);

    if (c == NULL)
        return NULL;
    free(c->Device);
    free(c->Connection);
    free(c->DebugFile);
    c->Device = strdup(device);
    c->Connection = strdup("dku2at");
    c->DebugFile = strdup("");
    strcpy(c->Model, "at");
    c->UseGlobalDebugFile = TRUE;
    c->SyncTime = c->LockDevice = c->StartInfo = FALSE;
    for (int i = 0; i < 5; i++)
        c->CNMIParams[i] = -1;
    GSM_SetConfigNum(s, 1);
    return GSM_InitConnection(s, 1) == ERR_NONE ? s : NULL;
}

static int
send_one(GSM_StateMachine *s, const GSM_SMSC *smsc, const char *number, int n,
         struct answer *a)
{
    static GSM_SMSMessage m;
    char text[80];
    int length;

    memset(&m, 0, sizeof(m));
    length = snprintf(text, sizeof(text), "Bench message %05d meter command READ ALL", n);
    EncodeUnicode(m.Text, text, (size_t)length);
    EncodeUnicode(m.Number, number, strlen(number));
    CopyUnicodeString(m.SMSC.Number, smsc->Number);
    m.PDU = SMS_Submit;
    m.UDH.Type = UDH_NoUDH;
    m.Coding = SMS_Coding_Default_No_Compression;
    m.Class = -1;
    m.Length = length;
    m.SMSC.Validity.Format = SMS_Validity_RelativeFormat;
    m.SMSC.Validity.Relative = SMS_VALID_Max_Time;
    a->done = 0;
    if (GSM_SendSMS(s, &m) != ERR_NONE)
        return 0;
    for (int64_t end = now_ms() + 30000; !a->done && now_ms() < end;)
        GSM_ReadDevice(s, FALSE);
    return a->done && a->status == 0;
}

/* What is stored now, up to PLACES_MAX; then all of that is deleted. */
static int
read_once(GSM_StateMachine *s, int most)
{
    static GSM_MultiSMSMessage list;
    int places[PLACES_MAX], n = 0;

    list.SMS[0].Location = 0;
    while (n < PLACES_MAX && n < most && GSM_GetNextSMS(s, &list, n == 0) == ERR_NONE)
        places[n++] = list.SMS[0].Location;
    for (int i = 0; i < n; i++) {
        GSM_SMSMessage sms = {.Location = places[i]};

        if (GSM_DeleteSMS(s, &sms) != ERR_NONE)
            return i;
    }
    return n;
}

static int
read_all(GSM_StateMachine *s, int count)
{
    int done = 0, n;

    while (done < count && (n = read_once(s, count - done)) > 0)
        done += n;
    return done;
}

static int
send_all(GSM_StateMachine *s, const char *number, int count)
{
    static GSM_SMSC smsc = {.Location = 1};
    struct answer a = {0};
    int sent = 0;

    if (GSM_GetSMSC(s, &smsc) != ERR_NONE)
        return 0;
    GSM_SetSendSMSStatusCallback(s, on_sent, &a);
    for (int i = 0; i < count; i++)
        sent += send_one(s, &smsc, number, i, &a);
    return sent;
}

int
main(int argc, char **argv)
{
    GSM_StateMachine *s;
    int count, done;
    int64_t from;

    if (argc != 5)
        return 2;
    GSM_InitLocales(NULL);
    count = atoi(argv[3]);
    settle_percent = (unsigned)atoi(argv[4]);
    if ((s = connect_modem(argv[1])) == NULL)
        return 1;
    from = now_ms();
    done = strcmp(argv[2], "read") == 0 ? read_all(s, count) : send_all(s, argv[2], count);
    printf("{\"done\": %d, \"milliseconds\": %lld}\n", done, (long long)(now_ms() - from));
    GSM_TerminateConnection(s);
    GSM_FreeStateMachine(s);
    return done == count ? 0 : 1;
}
