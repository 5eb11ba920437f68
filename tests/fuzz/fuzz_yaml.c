/* Any file: a profile, or faults with a place; what loads can run its own examples. */
#include "meterpost/metering/profile.h"

#include <stdint.h>
#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct problems p = {0};
    struct profile *profile = profile_load_text("fuzz", (const char *)data, size, &p);

    if ((profile == NULL) == problems_none(&p))
        abort();
    if (profile != NULL)
        profile_check_examples(profile, &p);
    profile_free(profile);
    problems_free(&p);
    return 0;
}
