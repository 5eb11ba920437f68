#include "meterpost/sms/bucket.h"

#include <criterion/criterion.h>

#define NOW 1790000000

static const struct pace pace = {20, 60}; /* 20/min */

static int
drain(struct bucket *b)
{
    int n = 0;

    for (; bucket_has_one(b, pace) && n < 1000; n++)
        bucket_take_one(b, pace);
    return n;
}

Test(bucket, it_holds_what_the_pace_names_and_fills_at_that_pace)
{
    static const struct {
        int after_s, want;
    } cases[] = {{0, 0}, {1, 0}, {3, 1}, {4, 1}, {30, 10}, {60, 20}, {61, 20}, {86400, 20}};

    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        struct bucket b = {0};
        int got;

        bucket_fill(&b, pace, NOW);
        cr_expect_eq(drain(&b), 20);
        bucket_fill(&b, pace, NOW + cases[i].after_s);
        got = drain(&b);
        cr_expect_eq(got, cases[i].want, "after %d s: got %d, want %d", cases[i].after_s,
                     got, cases[i].want);
    }
}

Test(bucket, it_says_when_the_next_one_may_go)
{
    struct bucket b = {0};

    bucket_fill(&b, pace, NOW);
    cr_expect_eq(bucket_next(&b, pace, NOW), NOW);
    drain(&b);
    cr_expect_eq(bucket_next(&b, pace, NOW), NOW + 3);
    bucket_fill(&b, pace, NOW + 2);
    cr_expect_eq(bucket_next(&b, pace, NOW + 2), NOW + 3);
    bucket_fill(&b, pace, NOW + 3);
    cr_expect(bucket_has_one(&b, pace));
}

Test(bucket, parts_beyond_its_level_are_paid_back)
{
    struct bucket b = {0};

    bucket_fill(&b, pace, NOW);
    drain(&b);
    for (int i = 0; i < 3; i++)
        bucket_take_one(&b, pace);
    cr_expect_eq(bucket_next(&b, pace, NOW), NOW + 12);
}

Test(bucket, a_clock_that_jumps_gives_no_more_than_a_full_one_and_takes_nothing)
{
    struct bucket b = {0};

    bucket_fill(&b, pace, NOW);
    bucket_take_one(&b, pace);
    bucket_fill(&b, pace, NOW - 86400);
    cr_expect_eq(drain(&b), 19);
    bucket_fill(&b, pace, INT64_MAX / 2);
    cr_expect_eq(drain(&b), 20);
}
