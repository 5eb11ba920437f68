/* test_worst_case.c - what each text message costs with the longest values. */
#include "meterpost/render/template.h"
#include "meterpost/sms/outbox.h"
#include "meterpost/sms/segment.h"
#include "meterpost/sms/translit.h"
#include "meterpost/talk/words.h"

#include <criterion/criterion.h>
#include <string.h>

/* What may take more than one part, and how many. */
static const struct {
    const char *language, *name;
    size_t parts;
} longer[] = {
    {"zh", "field-order.sms", 2}, {"zh", "staff-confirm.sms", 2}, /* of staff */
};

static size_t
most_parts(const char *language, const char *name)
{
    for (size_t i = 0; i < sizeof(longer) / sizeof(longer[0]); i++) {
        if (strcmp(longer[i].language, language) == 0 && strcmp(longer[i].name, name) == 0)
            return longer[i].parts;
    }
    return 1;
}

static void
measure(void *arg, const char *language, const char *name, const char *text)
{
    char plainly[OUTBOX_TEXT_MAX];
    struct segments plan;
    struct err e;

    ++*(int *)arg;
    if (translit_allowed(language) && translit_shorten(text, plainly, sizeof(plainly)))
        text = plainly;
    cr_assert(segment_measure(text, &plan, &e), "%s/%s: %s", language, name, e.text);
    cr_expect_leq(plan.count, most_parts(language, name), "%s/%s: %zu parts, %zu units: %s",
                  language, name, plan.count, plan.units, text);
}

Test(worst_case, an_answer_fits_one_part_with_the_longest_values)
{
    struct problems p = {0};
    struct words *w = words_load(TOP "/conf/words", &p);
    struct templates *t;
    struct err e;
    int texts = 0;

    cr_assert_not_null(w);
    words_allow_translit(w);
    cr_assert(templates_open(TOP "/templates", "en", &t, &e), "%s", e.text);
    templates_longest(t, measure, &texts);
    cr_expect_geq(texts, 300, "%d texts", texts);
    templates_close(t);
    words_free(w);
}
