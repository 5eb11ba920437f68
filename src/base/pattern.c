#define PCRE2_CODE_UNIT_WIDTH 8
#include "meterpost/base/pattern.h"

#include <pcre2.h>
#include <stdlib.h>
#include <string.h>

#define LENGTH_MAX   4000
#define NEST_MAX     50     /* parentheses in each other */
#define MATCH_MAX    100000 /* steps of one try */
#define DEPTH_MAX    5000
#define HEAP_KIB_MAX 4096

struct pattern {
    pcre2_code *code;
    pcre2_match_data *data;
    pcre2_match_context *limits;
    const char *text; /* of the last try */
};

static bool
compile(struct pattern *p, const char *text, struct err *e)
{
    pcre2_compile_context *context = pcre2_compile_context_create(NULL);
    unsigned char reason[120];
    size_t at = 0;
    int code = 0;

    if (context == NULL)
        return err_set(e, FAIL_RETRY, "out of memory");
    pcre2_set_max_pattern_length(context, LENGTH_MAX);
    pcre2_set_parens_nest_limit(context, NEST_MAX);
    p->code = pcre2_compile((PCRE2_SPTR)text, PCRE2_ZERO_TERMINATED,
                            PCRE2_UTF | PCRE2_CASELESS | PCRE2_NEVER_BACKSLASH_C, &code,
                            &at, context);
    pcre2_compile_context_free(context);
    if (p->code != NULL)
        return true;
    pcre2_get_error_message(code, reason, sizeof(reason));
    return err_set(e, FAIL_REJECT,
                   "expected a regular expression, got a fault at byte %zu: %s", at + 1,
                   (char *)reason);
}

struct pattern *
pattern_create(const char *text, struct err *e)
{
    struct pattern *p = calloc(1, sizeof(*p));

    if (p == NULL || !compile(p, text, e)) {
        if (p == NULL)
            err_set(e, FAIL_RETRY, "out of memory");
        pattern_destroy(p);
        return NULL;
    }
    p->data = pcre2_match_data_create_from_pattern(p->code, NULL);
    p->limits = pcre2_match_context_create(NULL);
    if (p->data == NULL || p->limits == NULL) {
        err_set(e, FAIL_RETRY, "out of memory");
        pattern_destroy(p);
        return NULL;
    }
    pcre2_set_match_limit(p->limits, MATCH_MAX);
    pcre2_set_depth_limit(p->limits, DEPTH_MAX);
    pcre2_set_heap_limit(p->limits, HEAP_KIB_MAX);
    pcre2_jit_compile(p->code, PCRE2_JIT_COMPLETE); /* without it the match is slower */
    return p;
}

void
pattern_destroy(struct pattern *p)
{
    if (p == NULL)
        return;
    pcre2_match_data_free(p->data);
    pcre2_match_context_free(p->limits);
    pcre2_code_free(p->code);
    free(p);
}

bool
pattern_has(const struct pattern *p, const char *group)
{
    return pcre2_substring_number_from_name(p->code, (PCRE2_SPTR)group) > 0;
}

bool
pattern_match(struct pattern *p, const char *text, bool *fits, struct err *e)
{
    int n = pcre2_match(p->code, (PCRE2_SPTR)text, strlen(text), 0, 0, p->data, p->limits);

    p->text = text;
    *fits = n > 0;
    if (n == PCRE2_ERROR_MATCHLIMIT || n == PCRE2_ERROR_DEPTHLIMIT ||
        n == PCRE2_ERROR_HEAPLIMIT || n == PCRE2_ERROR_JIT_STACKLIMIT)
        return err_set(e, FAIL_REJECT, "the pattern ran into its limit");
    return n > 0 || n == PCRE2_ERROR_NOMATCH ||
           err_set(e, FAIL_REJECT, "the text cannot be matched");
}

bool
pattern_group(const struct pattern *p, const char *group, char *out, size_t size)
{
    int number = pcre2_substring_number_from_name(p->code, (PCRE2_SPTR)group);
    PCRE2_SIZE *at = pcre2_get_ovector_pointer(p->data);
    size_t n;

    *out = '\0';
    if (number <= 0 || at[2 * number] == PCRE2_UNSET)
        return true;
    n = at[2 * number + 1] - at[2 * number];
    if (n >= size)
        return false;
    memcpy(out, p->text + at[2 * number], n);
    out[n] = '\0';
    return true;
}
