/*
 * sending.c - the parts that the engine wants sent: one after the other, and back to it
 * when the modem cannot go on.
 */
#include "meterpost/base/clock.h"
#include "sms/cms.h"
#include "worker_inside.h"

#include <poll.h>
#include <stdio.h>

static struct wire
result_of(const struct wire_send *s)
{
    return (struct wire){
        .kind = WIRE_RESULT,
        .u.result = {.outbox = s->outbox,
                     .part = s->concat.ref_bits == 0 ? 1 : s->concat.number,
                     .ref = -1,
                     .code = -1}};
}

static void
give_back(struct worker *w, const struct wire_send *s, const char *reason)
{
    struct wire answer = result_of(s);

    answer.u.result.outcome = WIRE_NOT_BEGUN;
    snprintf(answer.u.result.reason, sizeof(answer.u.result.reason), "%s", reason);
    worker_say(w, &answer);
}

/* All that waits: another modem may be better off. */
void
sending_give_back(struct worker *w, const char *reason)
{
    for (; w->waiting > 0; w->waiting--) {
        give_back(w, &w->queue[w->first].u.send, reason);
        w->first = (w->first + 1) % WIRE_IN_FLIGHT_MAX;
    }
}

/* Until the network has answered, the time is over, or there is nothing to wait for. */
static void
wait_for_answer(struct worker *w, struct wire_result *r)
{
    uint32_t answer_s = w->setup.answer_s > 0 ? w->setup.answer_s : WIRE_ANSWER_S;
    int64_t until = clock_mono_ms() + (int64_t)answer_s * 1000;

    while (!modem_answered(w->modem, r)) {
        struct pollfd p[] = {{.fd = modem_fd(w->modem), .events = POLLIN}, {.fd = w->sock}};

        if (clock_mono_ms() >= until) {
            modem_give_up(w->modem, "the network did not answer in time", r);
            return;
        }
        poll(p, 2, 500);
        if (p[0].revents & POLLIN)
            modem_listen(w->modem);
        if (modem_answered(w->modem, r))
            return;
        if (p[0].revents & (POLLHUP | POLLERR | POLLNVAL)) {
            modem_give_up(w->modem, "the device went away before the network answered", r);
            return;
        }
        if (p[1].revents & POLLHUP) {
            modem_give_up(w->modem, "nobody is there to be told", r);
            worker_leave(w, WORKER_STOPPED);
            return;
        }
        worker_say_alive(w);
    }
}

/* What a result says about the pace: an error with the network's number says nothing. */
static enum settle_sign
sign_of(const struct wire_result *r)
{
    if (r->outcome == WIRE_SENT)
        return SETTLE_GOOD;
    return cms_is_of_the_modem(r->code) ? SETTLE_TROUBLE : SETTLE_NOTHING;
}

static void
learn_pace(struct worker *w, const struct wire_result *r)
{
    uint8_t before = w->settle.percent;

    if (w->modem == NULL || !settle_learn(&w->settle, sign_of(r)))
        return;
    w->state.settle_percent = w->settle.percent;
    w->state.settle_fell = w->settle.percent > before;
    if (w->state.settle_fell)
        log_warn(w->name, "%s: this modem gets all the waits of the library again",
                 r->reason);
    worker_say_state(w);
}

void
sending_go_on(struct worker *w)
{
    struct wire_send s = w->queue[w->first].u.send;
    struct wire answer = result_of(&s);
    struct wire_result *r = &answer.u.result;

    w->first = (w->first + 1) % WIRE_IN_FLIGHT_MAX;
    w->waiting--;
    if (w->modem == NULL) {
        r->outcome = WIRE_NOT_NOW;
        snprintf(r->reason, sizeof(r->reason), "%s", w->state.reason);
    } else if (modem_send(w->modem, &s, w->settle.percent, r)) {
        wait_for_answer(w, r);
    }
    worker_say(w, &answer);
    learn_pace(w, r);
    if (r->outcome == WIRE_SENT)
        return;
    w->look_ms = 0;
    if (w->modem == NULL || modem_is_stale(w->modem))
        sending_give_back(w, r->reason);
    if (w->modem != NULL && cms_is_sim_trouble(r->code))
        worker_fail(w, r->reason);
    else if (w->modem != NULL)
        worker_renew_if_stale(w);
}

void
sending_take(struct worker *w, const struct wire *packet)
{
    if (w->waiting == WIRE_IN_FLIGHT_MAX) {
        give_back(w, &packet->u.send, "too many at a time");
        return;
    }
    w->queue[(w->first + w->waiting) % WIRE_IN_FLIGHT_MAX] = *packet;
    w->waiting++;
}
