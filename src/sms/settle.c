#include "sms/settle.h"

#include <stddef.h>

/* Parts that must go well at a percentage before the next one is tried. */
static const struct {
    uint8_t percent;
    int parts;
} steps[] = {{100, 1}, {50, 2}, {20, 3}, {10, 5}, {5, 5}, {0, 0}};

#define STEPS (sizeof(steps) / sizeof(steps[0]))

void
settle_start(struct settle *s, uint8_t percent, bool look)
{
    s->percent = look ? steps[0].percent : percent;
    s->looking = look;
    s->good = 0;
}

static bool
fall_back(struct settle *s)
{
    bool changes = s->percent != steps[0].percent;

    s->looking = s->looking && !changes; /* trouble at the full wait has another cause */
    s->percent = steps[0].percent;
    s->good = 0;
    return changes;
}

bool
settle_learn(struct settle *s, enum settle_sign sign)
{
    if (!s->looking || sign == SETTLE_NOTHING)
        return false;
    if (sign == SETTLE_TROUBLE)
        return fall_back(s);
    s->good++;
    for (size_t i = 0; i + 1 < STEPS; i++) {
        if (steps[i].percent != s->percent || s->good < steps[i].parts)
            continue;
        s->percent = steps[i + 1].percent;
        s->good = 0;
        return true;
    }
    return false;
}
