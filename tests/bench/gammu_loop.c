/*
 * gammu_loop - the baseline of `./run bench`: libGammu alone, in the shortest loop that
 * sends text messages one after the other and waits for each answer of the network.
 *
 *     gammu_loop DEVICE NUMBER COUNT SETTLE_PERCENT
 *
 * SETTLE_PERCENT scales the pauses that libGammu makes in every send (100 = its own).
 * Prints {"sent": N, "milliseconds": M}.
 */
#include <dlfcn.h>
#include <gammu.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

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

int
main(int argc, char **argv)
{
    static GSM_SMSC smsc = {.Location = 1};
    GSM_StateMachine *s;
    struct answer a = {0};
    int count, sent = 0;
    int64_t from;

    if (argc != 5)
        return 2;
    GSM_InitLocales(NULL);
    count = atoi(argv[3]);
    settle_percent = (unsigned)atoi(argv[4]);
    if ((s = connect_modem(argv[1])) == NULL || GSM_GetSMSC(s, &smsc) != ERR_NONE)
        return 1;
    GSM_SetSendSMSStatusCallback(s, on_sent, &a);
    from = now_ms();
    for (int i = 0; i < count; i++)
        sent += send_one(s, &smsc, argv[2], i, &a);
    printf("{\"sent\": %d, \"milliseconds\": %lld}\n", sent, (long long)(now_ms() - from));
    GSM_TerminateConnection(s);
    GSM_FreeStateMachine(s);
    return sent == count ? 0 : 1;
}
