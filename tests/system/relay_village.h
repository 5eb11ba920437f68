/*
 * relay_village.h - a village whose supply can be cut: the rig with households behind the
 * emulator's concentrator, two people who work there, and what their relays' own journals
 * say. For tests.
 */
#ifndef TESTS_SYSTEM_RELAY_VILLAGE_H
#define TESTS_SYSTEM_RELAY_VILLAGE_H

#include "rig/rig.h"

#include <criterion/criterion.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define IDLE_MS  20000
#define PROPOSER "amina"
#define APPROVER "joseph"
#define MONDAY   "2026-03-02T10:00+03:00" /* in the hours of cuts */

static struct rig *r;
static struct err e;

static utc_t __attribute__((unused)) at(const char *text)
{
    utc_t t = 0;

    cr_assert(clock_parse(text, &t, &e), "%s", e.text);
    return t;
}

/* Run a line of words as a person; what it printed as JSON is the caller's. */
static json_t *__attribute__((unused))
as(const char *person, int want, const char *fmt, ...)
{
    const char *w[14] = {NULL};
    char line[600], words[600], *save = NULL;
    json_t *answer = NULL;
    va_list args;
    size_t n = 0;
    int status;

    va_start(args, fmt);
    vsnprintf(line, sizeof(line), fmt, args);
    va_end(args);
    snprintf(words, sizeof(words), "%s", line);
    for (char *word = strtok_r(words, " ", &save); word != NULL && n < 13;
         word = strtok_r(NULL, " ", &save))
        w[n++] = word;
    setenv("SUDO_USER", person, 1);
    e.text[0] = '\0';
    status = rig_meterpost(r, &answer, &e, w[0], w[1], w[2], w[3], w[4], w[5], w[6], w[7],
                           w[8], w[9], w[10], w[11], w[12], NULL);
    cr_expect_eq(status, want, "%s: got status %d, want %d: %s", line, status, want,
                 e.text);
    return answer;
}

static void __attribute__((unused)) done(const char *person, int want, const char *line)
{
    json_decref(as(person, want, "%s", line));
}

static void __attribute__((unused)) idle(void)
{
    cr_assert(rig_wait_idle(r, IDLE_MS, &e), "%s", e.text);
}

static void __attribute__((unused)) until(const char *when)
{
    cr_assert(rig_until(r, at(when), IDLE_MS, &e), "%s", e.text);
}

/* The n-th household, from 1. */
static const char *__attribute__((unused)) meter_name(int n, char out[20])
{
    snprintf(out, 20, "%012d", 100 + n);
    return out;
}

/* Households 1 to n behind the concentrator, each with an account 2001 ... and a phone;
 * each owes `owes` from now on. */
static void __attribute__((unused)) settle_owing(int n, const char *owes)
{
    static char accounts[20000], meters[20000];
    char file[RIG_PATH_MAX], name[20];
    size_t a = 0, m = 0;

    a += (size_t)snprintf(accounts, sizeof(accounts),
                          "account,name,tariff,phones,opening_balance\n");
    m += (size_t)snprintf(
        meters, sizeof(meters),
        "meter,account,commodity,profile,concentrator,address,initial_reading,"
        "installed_on\n");
    for (int i = 1; i <= n; i++) {
        a += (size_t)snprintf(accounts + a, sizeof(accounts) - a,
                              "%d,Household %d,domestic-electricity,+2547220%05d,%s\n",
                              2000 + i, i, i, owes);
        m += (size_t)snprintf(meters + m, sizeof(meters) - m,
                              "%s,%d,electricity,,BOX1,%s,0,2026-01-01\n",
                              meter_name(i, name), 2000 + i, name);
    }
    cr_assert(rig_write(r, "accounts.csv", accounts, &e) &&
              rig_write(r, "meters.csv", meters, &e) &&
              rig_write(r, "boxes.csv",
                        "concentrator,profile,phone\n"
                        "BOX1,dlt-concentrator,+254713000001\n",
                        &e));
    json_decref(
        as("root", 0, "--yes import accounts %s", rig_path(r, "accounts.csv", file)));
    json_decref(
        as("root", 0, "--yes import concentrators %s", rig_path(r, "boxes.csv", file)));
    json_decref(as("root", 0, "--yes import meters %s", rig_path(r, "meters.csv", file)));
}

static void __attribute__((unused)) settle(int n)
{
    settle_owing(n, "0");
}

/* Everybody is heard once: the concentrator is read. */
static void __attribute__((unused)) hear_all(void)
{
    done("root", 0, "--yes round start hello");
    idle();
}

static const char *__attribute__((unused)) text_of(const json_t *object, const char *key)
{
    const char *text = json_string_value(json_object_get(object, key));

    return text == NULL ? "" : text;
}

/* How often the relay of a meter was switched, by its own journal, and how it stands. */
static int __attribute__((unused)) switches(const char *meter, char relay[8])
{
    json_t *answer = rig_ask(r, &e, "{s:s,s:s}", "do", "meter", "meter", meter);
    int n = (int)json_array_size(json_object_get(answer, "journal"));

    cr_assert_not_null(answer, "%s", e.text);
    snprintf(relay, 8, "%s", text_of(answer, "relay"));
    json_decref(answer);
    return n;
}

static void __attribute__((unused))
expect_relay(const char *meter, int want, const char *relay)
{
    char got[8];
    int n = switches(meter, got);

    cr_expect(n == want && strcmp(got, relay) == 0,
              "meter %s was switched %d times and is %s, want %d and %s", meter, n, got,
              want, relay);
}

/* The newest order of a meter; the caller's. */
static json_t *__attribute__((unused)) newest_order(const char *meter)
{
    json_t *rows = as("root", 0, "order list %s --limit 1", meter), *row;

    row = json_incref(json_array_get(rows, 0));
    json_decref(rows);
    return row;
}

static void __attribute__((unused))
expect_order(const char *meter, const char *action, const char *state)
{
    json_t *row = newest_order(meter);

    cr_expect(strcmp(text_of(row, "action"), action) == 0 &&
                  strcmp(text_of(row, "state"), state) == 0,
              "meter %s: newest order is %s %s (%s), want %s %s", meter,
              text_of(row, "action"), text_of(row, "state"), text_of(row, "note"), action,
              state);
    json_decref(row);
}

/* Propose and approve a cut for which no debt is needed; the order. */
static long long __attribute__((unused)) cut(const char *meter)
{
    json_t *answer =
        as(PROPOSER, 4, "cut propose %s --cause operator --reason test", meter);
    long long order = json_integer_value(
        json_object_get(json_array_get(json_object_get(answer, "orders"), 0), "order"));

    json_decref(answer);
    json_decref(as(APPROVER, 0, "cut approve --order %lld", order));
    return order;
}

static void __attribute__((unused)) begin_with(const char *more)
{
    r = rig_create(&(struct rig_options){.start = MONDAY}, &e);
    cr_assert_not_null(r, "%s", e.text);
    cr_assert(rig_emulator_start(r, &e) && rig_config(r, more, &e) &&
                  rig_engine_start(r, &e),
              "%s", e.text);
}

static void __attribute__((unused)) end(void)
{
    rig_destroy(r);
}

#endif
