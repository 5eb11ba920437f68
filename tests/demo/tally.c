#include "demo.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

/* A list of the command line, whole. */
static json_t *
rows_of(struct demo *d, struct err *e, const char *noun, const char *verb)
{
    json_t *rows = NULL;
    int status =
        verb == NULL
            ? rig_meterpost(d->rig, &rows, e, noun, "--limit", "100000", NULL)
            : rig_meterpost(d->rig, &rows, e, noun, verb, "--limit", "100000", NULL);

    if (status == 0 && json_is_array(rows))
        return rows;
    json_decref(rows);
    err_in(e, "%s", noun);
    return NULL;
}

static int
count_where(const json_t *rows, const char *key, const char *value)
{
    const json_t *row;
    size_t i;
    int n = 0;

    json_array_foreach (rows, i, row) {
        const char *is = json_string_value(json_object_get(row, key));

        n += is != NULL && strcmp(is, value) == 0;
    }
    return n;
}

static int
sum_of(const json_t *rows, const char *key)
{
    const json_t *row;
    size_t i;
    int n = 0;

    json_array_foreach (rows, i, row) {
        n += (int)json_integer_value(json_object_get(row, key));
    }
    return n;
}

/* FNV-1a of a row's fields; rows are added up, so that their order does not matter. */
static uint64_t
row_hash(const json_t *row, const char *const *keys)
{
    uint64_t h = 0xcbf29ce484222325u;

    for (; *keys != NULL; keys++) {
        const char *text = json_string_value(json_object_get(row, *keys));

        for (; text != NULL && *text != '\0'; text++)
            h = (h ^ (uint8_t)*text) * 0x100000001b3u;
        h = (h ^ '|') * 0x100000001b3u;
    }
    return h;
}

static uint64_t
digest(const json_t *rows, const char *const *keys)
{
    const json_t *row;
    uint64_t sum = 0;
    size_t i;

    json_array_foreach (rows, i, row) {
        sum += row_hash(row, keys);
    }
    return sum;
}

/* Messages that the network carried against those in the books; what came in is compared by
 * its parts, because that is what the network counts. */
static void
compare(struct demo *d, const json_t *outbox, const json_t *inbox, const json_t *sent,
        const json_t *stats)
{
    int left =
        count_where(outbox, "state", "sent") + count_where(outbox, "state", "delivered");
    int carried = (int)json_array_size(sent);
    int brought = (int)(json_integer_value(json_object_get(stats, "parts_sent")) -
                        json_integer_value(json_object_get(stats, "parts_lost")));
    int taken = sum_of(inbox, "segments");
    int lost =
        (left > carried ? left - carried : 0) + (brought > taken ? brought - taken : 0);
    int twice =
        (carried > left ? carried - left : 0) + (taken > brought ? taken - brought : 0);

    json_object_set_new(d->counts, "messages_sent", json_integer(carried));
    json_object_set_new(d->counts, "messages_received",
                        json_integer((json_int_t)json_array_size(inbox)));
    json_object_set_new(d->counts, "lost", json_integer(lost));
    json_object_set_new(d->counts, "duplicated", json_integer(twice));
}

static void
count_books(struct demo *d, const json_t *meters, const json_t *readings,
            const json_t *bills, const json_t *outbox)
{
    const struct {
        const char *key;
        int n;
    } numbers[] = {
        {"meters", (int)json_array_size(meters)},
        {"readings_sms", count_where(readings, "source", "sms")},
        {"readings_serial", count_where(readings, "source", "bus")},
        {"bills", (int)json_array_size(bills)},
        {"answers", count_where(outbox, "kind", "reply")},
        {"reminders", count_where(outbox, "kind", "notice")},
        {"cuts", count_where(outbox, "kind", "cut")},
        {"restores", count_where(outbox, "kind", "restore")},
    };

    for (size_t i = 0; i < sizeof(numbers) / sizeof(numbers[0]); i++)
        json_object_set_new(d->counts, numbers[i].key, json_integer(numbers[i].n));
}

static void
set_digest(struct demo *d, const json_t *readings, const json_t *bills, const json_t *sent)
{
    static const char *const of_reading[] = {"meter",    "register", "value",  "unit",
                                             "taken_at", "quality",  "status", NULL};
    static const char *const of_bill[] = {"bill",   "account", "period_from", "period_to",
                                          "due_at", "total",   "balance_due", NULL};
    static const char *const of_text[] = {"to", "text", NULL};
    char text[60];

    snprintf(text, sizeof(text), "%016" PRIx64 "%016" PRIx64 "%016" PRIx64,
             digest(readings, of_reading), digest(bills, of_bill), digest(sent, of_text));
    json_object_set_new(d->counts, "digest", json_string(text));
}

bool
tally_take(struct demo *d, struct err *e)
{
    json_t *meters = rows_of(d, e, "meter", "list"), *bills = rows_of(d, e, "bill", "list");
    json_t *readings = rows_of(d, e, "reading", "list");
    json_t *outbox = rows_of(d, e, "outbox", NULL), *inbox = rows_of(d, e, "inbox", NULL);
    json_t *record =
        rig_ask(d->rig, e, "{s:s,s:i,s:i}", "do", "sent", "since", 0, "limit", 100000);
    json_t *stats = rig_ask(d->rig, e, "{s:s}", "do", "stats");
    bool all = meters != NULL && bills != NULL && readings != NULL && outbox != NULL &&
               inbox != NULL && record != NULL && stats != NULL;

    if (all) {
        count_books(d, meters, readings, bills, outbox);
        compare(d, outbox, inbox, json_object_get(record, "sent"), stats);
        set_digest(d, readings, bills, json_object_get(record, "sent"));
    }
    json_decref(meters);
    json_decref(bills);
    json_decref(readings);
    json_decref(outbox);
    json_decref(inbox);
    json_decref(record);
    json_decref(stats);
    return all;
}

void
tally_print(const struct demo *d)
{
    static const struct {
        const char *key, *words;
    } lines[] = {
        {"meters", "meters"},
        {"readings_sms", "readings by text message"},
        {"bills", "bills issued"},
        {"answers", "customers answered"},
        {"messages_sent", "messages sent, by the network's record"},
        {"messages_received", "messages received"},
        {"lost", "lost"},
        {"duplicated", "duplicated"},
    };

    printf("\nThe month in numbers\n");
    for (size_t i = 0; i < sizeof(lines) / sizeof(lines[0]); i++)
        printf("%8" JSON_INTEGER_FORMAT "  %s\n",
               json_integer_value(json_object_get(d->counts, lines[i].key)),
               lines[i].words);
    printf("\nThe rendered bills lie in %s\n", d->bills);
}
