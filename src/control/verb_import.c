/* verb_import.c - the registry and readings from files. */
#include "meterpost/base/conf.h"
#include "meterpost/metering/import.h"
#include "meterpost/store/audit.h"
#include "verbs.h"

#include <stdio.h>
#include <string.h>

static bool
tariff_known(const char *name, void *tariffs)
{
    const struct tariff_set *set = tariffs;

    for (size_t i = 0; i < set->count; i++) {
        if (strcmp(set->list[i]->id, name) == 0)
            return true;
    }
    return false;
}

/* What is wrong with the file is the answer; the caller undoes what was written. */
static void
answer_problems(const struct problems *p, json_t *answer)
{
    json_t *list = json_array();

    for (size_t i = 0; i < p->count; i++) {
        const struct problem *one = &p->at[i];

        json_array_append_new(list, json_pack("{s:s, s:i, s:i, s:s}", "file", one->file,
                                              "line", (int)one->line, "column",
                                              (int)one->column, "text", one->text));
    }
    json_object_set_new(answer, "outcome", json_string("failed"));
    json_object_set_new(answer, "problems", list);
    json_object_set_new(answer, "more_problems", json_integer((json_int_t)p->left_out));
}

static bool
note_import(struct desk *d, const char *actor, const char *kind, const char *file,
            const struct import_result *done, json_t *answer, struct err *e)
{
    char opening[AMOUNT_TEXT_MAX], subject[80], detail[200];

    decimal_print(done->opening.minor, d->conf->decimals, false, opening);
    json_object_set_new(answer, "kind", json_string(kind));
    json_object_set_new(answer, "rows", json_integer(done->rows));
    json_object_set_new(answer, "held", json_integer(done->held));
    json_object_set_new(answer, "opening", json_string(opening));
    snprintf(subject, sizeof(subject), "%s", kind);
    snprintf(detail, sizeof(detail), "%lld rows from %.100s", (long long)done->rows, file);
    return audit_add(d->store, d->now, actor, "cli", "import", subject, detail, e);
}

bool
verb_import(struct desk *d, const char *actor, const json_t *arguments, json_t *answer,
            struct err *e)
{
    struct import_context context = {.store = d->store,
                                     .conf = d->conf,
                                     .profiles = d->profiles,
                                     .tariff_known = tariff_known,
                                     .tariffs = d->tariffs,
                                     .actor = actor,
                                     .now = d->now};
    struct import_result done = {0};
    struct problems p = {0};
    const char *kind, *file, *text;
    bool good;

    if (!argument_text(arguments, "kind", &kind, e) ||
        !argument_text_or(arguments, "file", "file", &file, e) ||
        !argument_text(arguments, "text", &text, e))
        return false;
    if (import_text(&context, kind, file, text, strlen(text), &done, &p, e))
        return note_import(d, actor, kind, file, &done, answer, e);
    good = !problems_none(&p);
    if (good)
        answer_problems(&p, answer);
    problems_free(&p);
    return good;
}
