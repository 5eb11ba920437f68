/*
 * staff_phones.h - members of staff who text with a sheet of codes or sign with a key. For
 * tests on relay_village.h.
 */
#ifndef TESTS_SYSTEM_STAFF_PHONES_H
#define TESTS_SYSTEM_STAFF_PHONES_H

#include "meterpost/talk/code.h"
#include "relay_village.h"

struct person {
    const char *name, *phone;
    json_t *codes; /* of the sheet */
    struct code_key key;
    int64_t counter;
};

static char said[800]; /* the newest answer to whoever wrote last */

static void __attribute__((unused)) enrol(struct person *p, bool sheet)
{
    json_t *answer =
        as("root", 0, "--yes staff enrol %s%s", p->name, sheet ? " --sheet" : "");

    if (sheet) {
        p->codes = json_incref(json_object_get(answer, "codes"));
        cr_assert_eq(json_array_size(p->codes), 100);
    } else {
        cr_assert(code_key_parse(text_of(answer, "secret"), &p->key, &e), "%s", e.text);
    }
    json_decref(answer);
}

static void __attribute__((unused)) hire(const struct person *p, const char *supervisor)
{
    json_decref(as("root", 0, "--yes staff add %s name=%s role=operator phone=%s%s",
                   p->name, p->name, p->phone, supervisor));
}

static void __attribute__((unused)) minutes_pass(int minutes)
{
    cr_assert(rig_until(r, clock_now() + minutes * MINUTE_S, IDLE_MS, &e), "%s", e.text);
}

/* The newest text to a phone among those after `since`; what comes next. */
static json_int_t __attribute__((unused)) hear(const char *phone, json_int_t since)
{
    json_t *answer = rig_ask(r, &e, "{s:s,s:I}", "do", "sent", "since", since), *one;
    json_int_t next = json_integer_value(json_object_get(answer, "next"));
    size_t i;

    cr_assert_not_null(answer, "%s", e.text);
    said[0] = '\0';
    json_array_foreach (json_object_get(answer, "sent"), i, one) {
        if (strcmp(text_of(one, "to"), phone) == 0)
            snprintf(said, sizeof(said), "%s", text_of(one, "text"));
    }
    json_decref(answer);
    return next;
}

/* Somebody texts; `want` is in the answer, or no answer comes where it is NULL. */
static void __attribute__((unused))
texts(const struct person *p, const char *text, const char *want)
{
    json_int_t since = hear(p->phone, 0);

    cr_assert(rig_inject(r, p->phone, "sim1", text, &e), "%s", e.text);
    idle();
    hear(p->phone, since);
    printf("%s: %s\n   <- %s\n", p->name, text, said);
    cr_expect(want == NULL ? said[0] == '\0' : strstr(said, want) != NULL,
              "%s: answered '%s', want '%s'", text, said, want == NULL ? "" : want);
}

/* The YES that the last answer asked for, with the code of the sheet; 40 bytes. */
static __attribute__((unused)) const char *
yes(const struct person *p, char out[40])
{
    const char *asked = strstr(said, "Confirm with code ");
    char ref[8] = "";
    int number = 0;

    cr_assert(asked != NULL && sscanf(asked, "Confirm with code %d of your sheet: YES %7s",
                                      &number, ref) == 2,
              "nothing is asked for: %s", said);
    snprintf(out, 40, "YES %s %s", ref,
             json_string_value(json_array_get(p->codes, (size_t)number - 1)));
    return out;
}

/* What a person with a key texts: the words and their signature. */
static __attribute__((unused)) const char *
signed_words(struct person *p, const char *words)
{
    static char text[CODE_MESSAGE_MAX];

    cr_assert(code_sign_words(&p->key, "Kibo Water & Power", p->name, words, ++p->counter,
                              clock_now(), text, &e),
              "%s", e.text);
    return text;
}

#endif
