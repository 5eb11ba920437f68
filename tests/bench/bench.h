/*
 * bench.h - one measurement: what we do in a second, what the bare library does in the same
 * run, and the ratio. Nothing is asserted: figures depend on the machine, ratios less so.
 */
#ifndef TESTS_BENCH_H
#define TESTS_BENCH_H

#include "meterpost/base/clock.h"
#include "meterpost/base/err.h"

#include <stdbool.h>
#include <stdint.h>

struct figure {
    const char *name, *unit;
    const char *baseline; /* what it is compared with */
    double ours, theirs;  /* per second; theirs 0: nothing to compare with */
};

#define FIGURES_MAX 12

/* Print the figure as a row of the table. */
void figure_print(const struct figure *f);

/* Units per second of `count` in the time since `from_us`. */
double figure_rate(int64_t count, int64_t from_us);
int64_t bench_now_us(void);

/* What one way of writing took: by the clock, and of the processor alone, which other work
 * on the machine changes little. */
struct spent {
    int64_t from_us, cpu_from_us;
    double by_clock, by_cpu; /* a second */
    long peak_mib;           /* resident at most, from the program's start to its end */
};
void spent_start(struct spent *s);
void spent_end(struct spent *s, int64_t count);
/* Two rows: by the clock, and by processor time with the memory that was resident at most.
 */
void spent_print(const char *name, const struct spent *ours, const struct spent *theirs,
                 const char *baseline);

/* How many accounts (bills, payments): the second argument, or else `usual`. */
int bench_size(int usual);

/* ---- what benches of messages share (bench_sms.c) */

struct rig;

/* Queue so many notices while no engine is up; not_before 0: due at once. */
bool bench_queue(struct rig *r, int messages, utc_t not_before, struct err *e);

/* How many messages the network carried so far. */
int64_t bench_carried(struct rig *r);

/* Messages a second, from the first of the next `messages` that the network carries to the
 * last of them. */
bool bench_time_carrying(struct rig *r, int64_t before, int messages, double *rate,
                         struct err *e);

/* The bare loop of gammu_loop.c on sim1: messages a second. */
bool bench_bare_loop(struct rig *r, const char *what, int count, const char *percent,
                     double *rate, struct err *e);

/* Our own rates on one modem without latency, every state committed (bench_farm.c). */
bool bench_own_sending(double *rate, struct err *e);
bool bench_own_reading(double *rate, struct err *e);

/* Each adds its rows; false with *e when it could not be measured. */
bool bench_bills(struct err *e);
bool bench_html(struct err *e);
bool bench_reply(struct err *e);
bool bench_rows(struct err *e);
bool bench_round(struct err *e);
bool bench_sms(struct err *e);
bool bench_vee(struct err *e);
bool bench_money(struct err *e);
bool bench_bus(struct err *e);
bool bench_latency(struct err *e);
bool bench_receive(struct err *e);
bool bench_peers(struct err *e);
bool bench_memory(struct err *e);

#endif
