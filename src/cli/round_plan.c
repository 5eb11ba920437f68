/* round_plan.c - what a round would cost and how long it would take. */
#include "round.h"

#include "meterpost/base/conf.h"
#include "meterpost/metering/profile.h"
#include "meterpost/metering/round.h"

#include <stdio.h>
#include <string.h>

static bool
load_plan(struct cli *c, const struct round_start *start, struct round_plan *plan,
          struct err *e)
{
    struct profiles *profiles;
    bool good;

    if (!session_profiles(c, &profiles))
        return err_set(e, FAIL_REJECT, "without profiles there is no plan");
    good = metering_round_plan(c->desk->store, c->desk->conf, profiles, start, c->desk->now,
                               plan, e);
    profiles_free(profiles);
    return good;
}

static json_t *
plan_json(const struct cli *c, const struct round_plan *p)
{
    char cost[AMOUNT_TEXT_MAX], most[AMOUNT_TEXT_MAX], first[TIME_TEXT_MAX],
        ends[TIME_TEXT_MAX], closes[TIME_TEXT_MAX];

    return json_pack(
        "{s:I, s:I, s:I, s:I, s:I, s:I, s:I, s:I, s:s, s:s, s:s, s:s, s:s, s:s, s:b}",
        "meters", (json_int_t)p->meters, "by_sms", (json_int_t)p->asked, "by_bus",
        (json_int_t)p->by_bus, "by_hand", (json_int_t)p->by_hand, "messages",
        (json_int_t)p->messages, "segments", (json_int_t)p->segments, "unrouted",
        (json_int_t)p->unrouted, "cannot", (json_int_t)p->cannot, "cost",
        decimal_print(p->cost.minor, c->desk->conf->decimals, false, cost), "cost_most",
        decimal_print(p->cost.minor * p->tries, c->desk->conf->decimals, false, most),
        "currency", c->desk->conf->utility.currency, "first_at",
        clock_iso(p->first_at, first), "ends_at", clock_iso(p->ends_at, ends), "closes_at",
        clock_iso(p->closes_at, closes), "in_time", p->ends_at <= p->closes_at);
}

static void
print_plan(const struct cli *c, const struct round_plan *p)
{
    char cost[AMOUNT_TEXT_MAX], first[TIME_TEXT_MAX], ends[TIME_TEXT_MAX],
        closes[TIME_TEXT_MAX];
    struct money most = {p->cost.minor * p->tries};

    clock_iso(p->first_at, first);
    clock_iso(p->ends_at, ends);
    clock_iso(p->closes_at, closes);
    printf("%lld meters: %lld by text message, %lld by bus, %lld by hand\n",
           (long long)p->meters, (long long)p->asked, (long long)p->by_bus,
           (long long)p->by_hand);
    printf("%lld messages, %lld segments, about %s %s when all answer at once",
           (long long)p->messages, (long long)p->segments,
           money_show(p->cost, c->desk->conf->decimals, cost),
           c->desk->conf->utility.currency);
    if (p->tries > 1)
        printf("; %d times that when nobody does, %s", p->tries,
               money_show(most, c->desk->conf->decimals, cost));
    printf("\nfrom %.10s %.5s, over by about %.10s %.5s; closes %.10s %.5s%s\n", first,
           first + 11, ends, ends + 11, closes, closes + 11,
           p->ends_at > p->closes_at ? ", which is too early" : "");
    if (p->unrouted > 0)
        printf("%lld questions have a number to which no modem has a route\n",
               (long long)p->unrouted);
    if (p->cannot > 0)
        printf("%lld questions cannot be put: their profile has no text for it\n",
               (long long)p->cannot);
}

enum status
round_plan_show(struct cli *c, bool as_note)
{
    struct round_start start = {.group = cli_option(c, "--group")};
    const char *until = cli_option(c, "--until");
    struct round_plan plan;
    struct err e;
    json_t *object;

    if (!session_read(c))
        return STATUS_FAILED;
    if ((until != NULL && !clock_parse(until, &start.closes_at, &e)) ||
        !load_plan(c, &start, &plan, &e))
        return say_failure(&e);
    if (c->form == FORM_TEXT) {
        print_plan(c, &plan);
    } else if (!as_note) {
        object = plan_json(c, &plan);
        print_object(c, object);
        json_decref(object);
    }
    return STATUS_DONE;
}

enum status
run_round_plan(struct cli *c)
{
    return round_plan_show(c, false);
}
