#include "bench.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <time.h>

static const struct part {
    const char *name;
    bool (*run)(struct err *e);
} parts[] = {
    {"bills", bench_bills},     {"html", bench_html},       {"reply", bench_reply},
    {"rows", bench_rows},       {"round", bench_round},     {"sms", bench_sms},
    {"vee", bench_vee},         {"money", bench_money},     {"bus", bench_bus},
    {"latency", bench_latency}, {"receive", bench_receive}, {"peers", bench_peers},
    {"memory", bench_memory},
};

int64_t
bench_now_us(void)
{
    struct timespec t;

    clock_gettime(CLOCK_MONOTONIC, &t);
    return (int64_t)t.tv_sec * 1000000 + t.tv_nsec / 1000;
}

double
figure_rate(int64_t count, int64_t from_us)
{
    int64_t took = bench_now_us() - from_us;

    return took <= 0 ? 0 : (double)count * 1e6 / (double)took;
}

void
figure_print(const struct figure *f)
{
    printf("%-34s %12.1f %-10s", f->name, f->ours, f->unit);
    if (f->theirs > 0)
        printf(" %12.1f  %6.2f x  %s", f->theirs, f->ours / f->theirs, f->baseline);
    else if (f->baseline != NULL)
        printf(" %12s  %8s  %s", "", "", f->baseline);
    printf("\n");
    fflush(stdout);
}

static int64_t
cpu_now_us(void)
{
    struct timespec t;

    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &t);
    return (int64_t)t.tv_sec * 1000000 + t.tv_nsec / 1000;
}

void
spent_start(struct spent *s)
{
    s->from_us = bench_now_us();
    s->cpu_from_us = cpu_now_us();
}

void
spent_end(struct spent *s, int64_t count)
{
    int64_t cpu_us = cpu_now_us() - s->cpu_from_us;
    struct rusage use;

    s->by_clock = figure_rate(count, s->from_us);
    s->by_cpu = cpu_us <= 0 ? 0 : (double)count * 1e6 / (double)cpu_us;
    getrusage(RUSAGE_SELF, &use);
    s->peak_mib = use.ru_maxrss / 1024;
}

void
spent_print(const char *name, const struct spent *ours, const struct spent *theirs,
            const char *baseline)
{
    struct figure f = {.name = name,
                       .unit = "/s",
                       .baseline = baseline,
                       .ours = ours->by_clock,
                       .theirs = theirs->by_clock};
    char peak[80];

    figure_print(&f);
    snprintf(peak, sizeof(peak), "resident at most %ld MiB", ours->peak_mib);
    f.name = "  by processor time";
    f.ours = ours->by_cpu;
    f.theirs = theirs->by_cpu;
    f.baseline = peak;
    figure_print(&f);
}

static long wanted; /* the size that was asked for; 0: each part's own */

int
bench_size(int usual)
{
    return wanted > 0 ? (int)wanted : usual;
}

int
main(int argc, char **argv)
{
    struct err e;
    int failed = 0;

    if (argc > 2)
        wanted = strtol(argv[2], NULL, 10);
    printf("%-34s %12s %-10s %12s %8s\n", "", "ours", "", "baseline", "ratio");
    for (size_t i = 0; i < sizeof(parts) / sizeof(parts[0]); i++) {
        if (argc > 1 && strcmp(argv[1], parts[i].name) != 0)
            continue;
        if (!parts[i].run(&e)) {
            fprintf(stderr, "%s: %s\n", parts[i].name, e.text);
            failed = 1;
        }
    }
    return failed;
}
