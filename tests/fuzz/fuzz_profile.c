/* Any reply by every profile that ships: a meaning, or a reason that can be shown. */
#include "meterpost/metering/profile.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static struct profiles *
shipped(void)
{
    static struct profiles *all;
    struct problems p = {0};

    if (all == NULL && !profiles_load(TOP "/conf/profiles", &all, &p))
        abort();
    return all;
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    char *text = malloc(size + 1);
    struct err e;
    json_t *json;

    if (text == NULL)
        abort();
    memcpy(text, data, size);
    text[size] = '\0';
    json = profile_try(shipped(), "?", text, &e);
    if (json == NULL || json_object_get(json, "kind") == NULL)
        abort();
    json_decref(json);
    free(text);
    return 0;
}
