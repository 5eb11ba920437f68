/*
 * fuzz_mustache.c - any bytes as a template, filled from a fixed view; the part of the
 * input behind a NUL is the partial {{> p}}. libFuzzer entry:
 *   clang -fsanitize=fuzzer,address,undefined -Iinclude -Isrc -D_GNU_SOURCE
 *     tests/fuzz/fuzz_mustache.c src/render/mustache*.c src/base/text.c src/base/err.c
 * -ljansson
 */
#include "meterpost/render/mustache.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

static bool
find_partial(void *arg, const char *name, const struct mustache **out, struct err *e)
{
    (void)e;
    *out = strcmp(name, "p") == 0 ? arg : NULL;
    return true;
}

static void
ignore_fault(void *arg, const char *text)
{
    (void)arg;
    (void)text;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    const char *text = (const char *)data;
    size_t n = strnlen(text, size);
    struct mustache *m, *partial = NULL;
    struct mustache_how how = {.partial = find_partial, .output_max = 100000};
    struct err e;
    json_t *view;
    char *out;

    if (!mustache_compile("t", text, n, &m, &e))
        return 0;
    if (n < size && mustache_compile("p", text + n + 1, size - n - 1, &partial, &e))
        how.arg = partial;
    view = json_pack("{s:i,s:s,s:[i,s,{s:b}],s:{s:f}}", "a", 1, "b", "<x>\n", "l", 1, "2",
                     "c", 1, "o", "d", 1.21);
    mustache_check(m, view, &how, ignore_fault, NULL);
    if (mustache_render(m, view, &how, &out, NULL, &e))
        free(out);
    json_decref(view);
    mustache_destroy(partial);
    mustache_destroy(m);
    return 0;
}
