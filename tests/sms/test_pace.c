/* What the worker notices during the naps of libGammu. Its usleep() and read() are here
 * those of this program, as they are in the worker; the clock is the test's. */
#include <criterion/criterion.h>
#include <stdint.h>

#define clock_mono_ms test_clock_ms
#include "sms/modem/pace.c"

static int64_t now_ms = 1000000;
static int ends[2];
static int gone;

int64_t
test_clock_ms(void)
{
    return now_ms;
}

static void
note_gone(void *ctx)
{
    cr_expect_eq(ctx, &gone);
    gone++;
}

static void
begin(void)
{
    cr_assert_eq(pipe(ends), 0);
    pace_watch(ends[0], note_gone, &gone);
}

TestSuite(pace, .init = begin);

/* libGammu naps in the middle of a call that takes so long by now. */
static int
nap_after(int64_t ms)
{
    now_ms += ms;
    usleep(1);
    return gone;
}

/* It would wait for a list of messages for more than eight minutes. */
Test(pace, a_call_on_a_silent_line_ends_after_45_seconds)
{
    cr_expect_eq(nap_after(44900), 0);
    cr_expect_eq(nap_after(200), 1);
    cr_expect_eq(nap_after(60000), 1, "it is said once");
}

Test(pace, what_is_said_or_heard_is_no_silence)
{
    char byte;

    nap_after(44000);
    pace_said(ends[0]);
    cr_expect_eq(nap_after(44000), 0);
    cr_assert_eq(write(ends[1], "x", 1), 1);
    cr_assert_eq(read(ends[0], &byte, 1), 1);
    cr_expect_eq(nap_after(44000), 0);
    pace_said(ends[1]); /* somebody else's line */
    cr_expect_eq(nap_after(2000), 1);
}

Test(pace, a_line_that_hung_up_is_noticed_at_once)
{
    close(ends[1]);
    cr_expect_eq(nap_after(99), 0, "it is not looked at in each nap");
    cr_expect_eq(nap_after(2), 1);
}

Test(pace, naps_of_a_send_are_shortened_and_counted)
{
    struct timespec a, b;

    pace_send_begin(0);
    clock_gettime(CLOCK_MONOTONIC, &a);
    usleep(900000);
    clock_gettime(CLOCK_MONOTONIC, &b);
    cr_expect(pace_send_end(), "the message was about to be written");
    cr_expect_lt((b.tv_sec - a.tv_sec) * 1000 + (b.tv_nsec - a.tv_nsec) / 1000000, 900);
    pace_send_begin(0);
    usleep(1000);
    cr_expect_not(pace_send_end(), "a short nap says nothing");
}
