/*
 * session.h - a job on a line: the talk with one meter by its protocol. For src/bus.
 *
 * A session is straight code: each step is an exchange with a deadline. It tries nothing
 * twice; that is for the engine to decide. What is asked of a meter beyond its first
 * silence is not asked.
 */
#ifndef METERPOST_SRC_BUS_SESSION_H
#define METERPOST_SRC_BUS_SESSION_H

#include "bus/exchange.h"
#include "meterpost/store/bus_jobs.h"

#define SESSION_ANSWER_MAX BUS_ANSWER_MAX

struct session {
    const struct bus_wire_job *job;
    struct exchange x;
    struct bus_wire_result *result;
    uint8_t answer[SESSION_ANSWER_MAX]; /* frames, one behind the other */
    size_t n_answer;
    int64_t start_ms;
    struct err e; /* why the line was lost */
};

/* Do a job: fills *s->result and s->answer. False when the line is lost, with s->e. The
 * caller sets s->job, s->result, s->x.line and s->x.f. */
bool session_run(struct session *s);

/* ---- for the protocols ---- */

/* One exchange; the answer's frame goes behind the others. False ends the session: the
 * result is set. */
bool session_ask(struct session *s, const uint8_t *request, size_t n);
/* The same, but silence and damage are for the caller to judge. */
enum exchange_end session_try(struct session *s, const uint8_t *request, size_t n);
/* Keep n bytes with the answer. */
void session_keep(struct session *s, const uint8_t *bytes, size_t n);
/* Set the result; always false. */
bool session_end(struct session *s, enum bus_outcome outcome, const char *fmt, ...)
    __attribute__((format(printf, 3, 4)));
/* What an exchange that failed means; always false. */
bool session_failed(struct session *s, enum exchange_end end);
/* The next word of a text with blanks between; false at its end. */
bool session_word(const char **at, char *out, size_t size);
/* "1-20" or "5"; false when it is none. */
bool session_span(const char *text, unsigned least, unsigned most, unsigned *from,
                  unsigned *to);
/* What the clock of a meter should show now; and is this that, give or take a minute? */
void session_time(const struct session *s, struct frame_time *out);
bool session_is_now(const struct session *s, const struct frame_time *t);
/* For a scan: wait shorter. */
void session_hurry(struct session *s);
/* False, with the result set, when a search among addresses has asked so often that what
 * answers is more likely noise than meters. */
bool session_may_search(struct session *s);

bool session_dlt645(struct session *s);
bool session_iec62056(struct session *s);
bool session_modbus(struct session *s);
bool session_cjt188(struct session *s);
bool session_mbus(struct session *s);

/* For the analyzer, as in base/err.h. */
#ifdef __clang_analyzer__
#define session_end(...)    err_false(session_end(__VA_ARGS__))
#define session_failed(...) err_false(session_failed(__VA_ARGS__))
#endif

#endif
