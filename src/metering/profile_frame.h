/* profile_frame.h - frames of meter protocols as part of a reply; for src/metering alone.
 */
#ifndef METERPOST_SRC_METERING_PROFILE_FRAME_H
#define METERPOST_SRC_METERING_PROFILE_FRAME_H

#include "meterpost/metering/profile.h"
#include "meterpost/protocol/frame.h"

/* Add what one frame says to a reply; is_first: nothing is in it yet. */
bool profile_take_frame(const struct frame *f, bool is_first, struct reply *out,
                        struct err *e);

#endif
