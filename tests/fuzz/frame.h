/* frame.h - what is true of every frame that comes out of a decoder. */
#include "meterpost/protocol/frame.h"

#include <stdlib.h>
#include <string.h>

static inline void
frame_expect_values(bool good, const struct frame *f)
{
    json_t *json;

    if (good != (f->fault == FRAME_VALID) || f->n_values < 0 ||
        f->n_values > FRAME_VALUES_MAX || (!good && f->note[0] == '\0'))
        abort();
    json = frame_json(f); /* fails for a text that is no UTF-8 */
    if (json == NULL)
        abort();
    json_decref(json);
}

static inline void
frame_expect(bool good, const struct frame *f, size_t size)
{
    if (good && (f->length == 0 || f->start > size || f->length > size - f->start))
        abort();
    frame_expect_values(good, f);
}
