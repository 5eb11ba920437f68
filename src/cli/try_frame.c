/* try_frame.c - `try frame`: what the bytes of a meter say. */
#include "try.h"

#include "meterpost/protocol/frame.h"

static json_t *
try_frame(void *context, const json_t *in, struct err *e)
{
    const char *protocol = json_string_value(json_object_get(in, "protocol"));
    const char *hex = json_string_value(json_object_get(in, "hex"));

    (void)context;
    if (protocol == NULL || hex == NULL) {
        err_set(e, FAIL_REJECT, "the object needs texts in \"protocol\" and \"hex\"");
        return NULL;
    }
    return frame_try(protocol, hex, e);
}

enum status
run_try_frame(struct cli *c)
{
    if (try_is_lines(c))
        return try_lines(try_frame, NULL);
    return try_once(c, try_frame, NULL,
                    json_pack("{s:s, s:s}", "protocol", c->args[0], "hex", c->args[1]));
}
