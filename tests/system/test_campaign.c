/*
 * A campaign of faults: messages both ways through four modems while everything that
 * tests/emulator/README.md knows goes wrong, drawn from a seed that is printed, and engine
 * and workers are killed in between. At the end the record of the network and the store
 * agree.
 *
 * METERPOST_SEED=n draws another campaign. METERPOST_CAMPAIGN_SHOW=FOLDER keeps what
 * `status` and `modem list` said in the middle of it.
 */
#include "campaign.h"
#include "meterpost/base/text.h"
#include "meterpost/control/client.h"

#include <criterion/criterion.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#define MODEMS       4
#define NUMBERS      60 /* that are written to, and that write */
#define EACH_STEP    20 /* messages each way in a step */
#define STEP_S       20 /* of the clock, in a step */
#define MESSAGES_MAX 2000
#define HEAL_MS      90000

static struct rig *r;
static struct err e;
static unsigned dice;
static struct injected injected[MESSAGES_MAX];
static int n_injected;

static unsigned
roll(unsigned below)
{
    dice = dice * 1103515245u + 12345u;
    return (dice >> 16) % below;
}

static void
nap_ms(unsigned ms)
{
    nanosleep(&(struct timespec){.tv_sec = ms / 1000, .tv_nsec = ms % 1000 * 1000000L},
              NULL);
}

static void
ask_emulator(json_t *answer)
{
    cr_assert_not_null(answer, "%s", e.text);
    json_decref(answer);
}

/* Ask the engine one thing; the answer is the caller's. */
static json_t *
ask_engine(const char *verb, json_t *arguments)
{
    struct control_client *c;
    json_t *answer = NULL;

    cr_assert(control_connect(rig_dir(r), &c, &e), "%s", e.text);
    control_ask(c, verb, arguments, "test", NULL, NULL, &answer, &e);
    control_disconnect(c);
    json_decref(arguments);
    cr_assert_not_null(answer, "%s: %s", verb, e.text);
    return answer;
}

static const char *
modem_name(unsigned i)
{
    static const char *const names[MODEMS] = {"sim1", "sim2", "sim3", "sim4"};

    return names[i];
}

/* ---- messages ---- */

/* Long ones in one of five, beyond GSM 7-bit in one of seven; every part tells which. */
static void
write_text(char *out, const char *word, int i)
{
    struct text t;
    int times = roll(5) == 0 ? 8 + (int)roll(25) : 1;
    const char *tail = roll(7) == 0 ? "ŋ " : "";

    text_init(&t, out, CAMPAIGN_TEXT_MAX);
    for (int k = 0; k < times; k++)
        text_addf(&t, "%s %d %s", word, i, tail);
}

static void
send_one(int i)
{
    char text[CAMPAIGN_TEXT_MAX], number[20];

    write_text(text, "out", i);
    snprintf(number, sizeof(number), "+2547990%05u", roll(NUMBERS));
    json_decref(ask_engine("message.send",
                           json_pack("{s:s, s:s}", "number", number, "text", text)));
}

static void
inject_one(void)
{
    struct injected *one = &injected[n_injected];
    char number[20];
    json_t *answer;

    write_text(one->text, "in", n_injected++);
    snprintf(number, sizeof(number), "+2547880%05u", roll(NUMBERS));
    answer = rig_ask(r, &e, "{s:s, s:s, s:s, s:s, s:i}", "do", "inject", "from", number,
                     "to", modem_name(roll(MODEMS)), "text", one->text, "ref_bits",
                     roll(2) == 0 ? 8 : 16);
    cr_assert_not_null(answer, "%s", e.text);
    one->parts = (int)json_integer_value(json_object_get(answer, "parts"));
    one->lost = (int)json_integer_value(json_object_get(answer, "lost"));
    json_decref(answer);
}

/* ---- faults ---- */

#define SLOW 1 /* costs half a minute each time: only in a long campaign */

/* A knob is set to a value from `least` to `most`; `with` of `value` comes first. */
static const struct fault {
    const char *knob;
    int least, most;
    const char *with;
    int value;
    int how;
} faults[] = {
    {"latency_ms", 5, 80, NULL, 0, 0},
    {"latency_spread_ms", 5, 80, NULL, 0, 0},
    {"at_latency_ms", 1, 10, NULL, 0, 0},
    {"hang_ms", 100, 2500, NULL, 0, 0},
    {"start_ms", 200, 1500, NULL, 0, 0},
    {"echo", 2, 2, NULL, 0, 0},
    {"echo", 0, 0, NULL, 0, SLOW},
    {"garbage", 1, 30, NULL, 0, 0},
    {"dribble_ms", 1, 3, NULL, 0, 0},
    {"interrupt", 1, 1, NULL, 0, 0},
    {"cme_next", 1, 5, "cme", 30, 0},
    {"cme_next", 1, 5, "cme", 10, 0},
    {"cme_next", 1, 5, "cme", 0, 0},
    {"cms_next", 1, 4, "cms", 38, 0},
    {"cms_next", 1, 4, "cms", 331, 0},
    {"cms_next", 1, 4, "cms", 500, 0},
    {"cms_next", 1, 4, "cms", 50, 0},
    {"cms_next", 1, 4, "cms", 0, 0},
    {"cms_at_prompt", 1, 1, "cms_next", 2, 0},
    {"drop_prompt", 1, 1, NULL, 0, SLOW},
    {"bare_prompt", 1, 1, NULL, 0, SLOW},
    {"drop_reply", 1, 3, NULL, 0, 0},
    {"smsc", 0, 0, NULL, 0, 0},
    {"registration", 0, 3, NULL, 0, 0},
    {"signal", 0, 31, NULL, 0, 0},
    {"deaf", 1, 1, NULL, 0, 0},
    {"lose_sent", 1, 3, NULL, 0, 0},
    {"repeat_sent", 1, 3, NULL, 0, 0},
    {"lose_received", 1, 3, NULL, 0, 0},
    {"repeat_received", 1, 3, NULL, 0, 0},
    {"delay_ms", 5, 500, NULL, 0, 0},
    {"delay_spread_ms", 5, 500, NULL, 0, 0},
    {"notices", 1, 3, NULL, 0, 0},
    {"ussd", 0, 0, NULL, 0, 0},
    {"reports", 0, 0, NULL, 0, 0},
    {"report_status", 0x30, 0x30, NULL, 0, 0},
    {"reports_stored", 0, 0, NULL, 0, 0},
    {"report_delay_ms", 10, 1000, NULL, 0, 0},
    {"report_spread_ms", 10, 1000, NULL, 0, 0},
    {"lose_report", 1, 3, NULL, 0, 0},
    {"repeat_report", 1, 3, NULL, 0, 0},
    {"fail_report", 1, 3, NULL, 0, 0},
    {"sim", 0, 0, NULL, 0, 0},
    {"pin_tries", 0, 0, NULL, 0, 0},
    {"announce", 0, 0, NULL, 0, 0},
    {"keep_deleted", 1, 3, NULL, 0, 0},
    {"text_only", 1, 1, NULL, 0, 0},
};
#define FAULTS (sizeof(faults) / sizeof(faults[0]))

static void
do_to(const char *what, const char *modem)
{
    if (strcmp(what, "unplug") == 0)
        ask_emulator(rig_ask(r, &e, "{s:s, s:s, s:i}", "do", what, "modem", modem,
                             "again_ms", (int)roll(2000)));
    else
        ask_emulator(rig_ask(r, &e, "{s:s, s:s}", "do", what, "modem", modem));
}

static void
break_one(bool all)
{
    const char *modem = modem_name(roll(MODEMS));
    const struct fault *f = &faults[roll(FAULTS)];

    switch (roll(8)) {
    case 0: do_to("unplug", modem); return;
    case 1: do_to("fill", modem); return;
    default: break;
    }
    if (f->how == SLOW && !all)
        return;
    if (f->with != NULL)
        cr_assert(rig_fault(r, modem, f->with, f->value, &e), "%s", e.text);
    if (strcmp(f->knob, "text_only") == 0) /* is seen when it is plugged in */
        do_to("unplug", modem);
    cr_assert(rig_fault(r, modem, f->knob,
                        f->least + (int)roll((unsigned)(f->most - f->least) + 1), &e),
              "%s", e.text);
}

/* Whoever looks after the modems: nothing is wrong with it any more. */
static void
heal(unsigned modem)
{
    do_to("heal", modem_name(modem));
    json_decref(ask_engine("modem.reset", json_pack("{s:s}", "modem", modem_name(modem))));
}

/* ---- kills ---- */

/* One of the children of the engine. */
static void
kill_worker(void)
{
    json_t *status = ask_engine("status", json_object());
    json_int_t engine =
        json_integer_value(json_object_get(json_object_get(status, "engine"), "pid"));
    char path[80];
    int pid = 0;
    FILE *f;

    json_decref(status);
    snprintf(path, sizeof(path), "/proc/%lld/task/%lld/children", (long long)engine,
             (long long)engine);
    f = fopen(path, "re");
    cr_assert_not_null(f);
    for (unsigned i = 0; i <= roll(MODEMS) && fscanf(f, "%d", &pid) == 1; i++)
        continue;
    fclose(f);
    if (pid > 0)
        kill(pid, SIGKILL);
}

static void
kill_engine(void)
{
    rig_engine_kill(r);
    cr_assert(rig_engine_start(r, &e), "%s", e.text);
}

/* ---- what people see in the middle of it ---- */

static void
look(const char *name, const char *word, const char *more)
{
    char config[RIG_PATH_MAX], path[RIG_PATH_MAX];
    const char *folder = getenv("METERPOST_CAMPAIGN_SHOW");
    const char *argv[] = {BIN "/meterpost",
                          "--config",
                          rig_path(r, "meterpost.yaml", config),
                          word,
                          more,
                          NULL};
    struct rig_output out;
    FILE *f;

    cr_assert(rig_run(r, argv, 30000, &out, &e), "%s", e.text);
    for (unsigned i = 0; i < MODEMS; i++)
        cr_expect(strstr(out.out, modem_name(i)) != NULL, "%s does not tell of %s:\n%s",
                  word, modem_name(i), out.out);
    cr_expect(strstr(out.out, "(null)") == NULL, "%s", out.out);
    if (folder != NULL) {
        snprintf(path, sizeof(path), "%s/%s.%u", folder, name, dice);
        f = fopen(path, "we");
        cr_assert_not_null(f, "%s", path);
        fprintf(f, "%s%s", out.out, out.err);
        fclose(f);
    }
    rig_output_free(&out);
}

/* ---- the campaign ---- */

static void
begin(unsigned seed)
{
    const char *other = getenv("METERPOST_SEED");

    dice = other != NULL ? (unsigned)strtoul(other, NULL, 10) : seed;
    fprintf(stderr, "campaign: METERPOST_SEED=%u\n", dice);
    r = rig_create(
        &(struct rig_options){.start = "2026-03-02T09:00:00",
                              .seed = dice,
                              .settings = "poll: 1s, answer_wait: 2s, pin: \"1234\", ",
                              .modems = {"sim1:+254700000100", "sim2:+254700000200",
                                         "sim3:+254700000300", "sim4:+254700000400"}},
        &e);
    cr_assert(r != NULL && rig_emulator_start(r, &e) &&
                  rig_config(r, "hours: {notice: \"00:00-24:00\"}\n", &e),
              "%s", e.text);
    ask_emulator(
        rig_ask(r, &e, "{s:s, s:s, s:s}", "do", "fault", "modem", "sim4", "pin", "1234"));
    for (unsigned i = 0; i < MODEMS; i++)
        cr_assert(rig_fault(r, modem_name(i), "sim_size", 10 + (int)roll(40), &e), "%s",
                  e.text);
    cr_assert(rig_engine_start(r, &e), "%s", e.text);
}

static void
end(void)
{
    rig_destroy(r);
}

static void
step(int messages, int i)
{
    cr_assert(rig_clock_set(r, clock_now() + STEP_S, &e), "%s", e.text);
    for (int k = 0; k < EACH_STEP && i * EACH_STEP + k < messages; k++) {
        send_one(i * EACH_STEP + k);
        inject_one();
    }
    break_one(messages == MESSAGES_MAX);
    nap_ms(roll(700));
    if (roll(3) == 0)
        heal(roll(MODEMS));
    if (roll(8) == 0)
        kill_worker();
    if (roll(16) == 0)
        kill_engine();
}

static void
expect_agreement(void)
{
    static struct tally t;
    char path[RIG_PATH_MAX];
    struct store *s;

    cr_assert(store_open(rig_path(r, "meterpost.db", path), STORE_READ, &s, &e), "%s",
              e.text);
    campaign_expect_sent(r, s, &t);
    campaign_expect_received(s, injected, n_injected);
    store_close(s);
    fprintf(
        stderr,
        "campaign: %d sent, %d delivered, %d undelivered, %d refused, %d expired, %d in "
        "doubt; %d went again, %d of them twice\n",
        t.sent, t.delivered, t.undelivered, t.refused, t.expired, t.doubted, t.repeated,
        t.twice);
}

static void
live(int messages)
{
    int steps = messages / EACH_STEP;

    for (int i = 0; i < steps; i++) {
        step(messages, i);
        if (i % (steps / 3) == steps / 3 - 1) {
            look("status", "status", NULL);
            look("modems", "modem", "list");
        }
    }
    for (unsigned i = 0; i < MODEMS; i++)
        heal(i);
    cr_assert(rig_wait_idle(r, HEAL_MS, &e), "%s", e.text);
    cr_assert(rig_until(r, clock_now() + 2 * DAY_S, HEAL_MS, &e), "%s", e.text);
    cr_assert(rig_engine_stop(r, &e), "%s", e.text);
    expect_agreement();
}

TestSuite(campaign, .fini = end, .timeout = 600);

Test(campaign, short_one)
{
    begin(20261122);
    live(300);
}

Test(campaign, long_one)
{
    begin(20261123);
    live(MESSAGES_MAX);
}
