#include "emulator.h"

#include "buf.h"
#include "bus.h"
#include "control.h"
#include "modem.h"
#include "network.h"
#include "village.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct modem *
emulator_modem(const struct emulator *emu, const char *name_or_number)
{
    for (size_t i = 0; i < emu->n_modems; i++) {
        struct modem *m = emu->modems[i];

        if (strcmp(m->name, name_or_number) == 0 || strcmp(m->number, name_or_number) == 0)
            return m;
    }
    return NULL;
}

unsigned
emulator_roll(struct emulator *emu, unsigned below)
{
    uint64_t z = emu->dice += 0x9E3779B97F4A7C15u; /* SplitMix64 */

    z = (z ^ z >> 30) * 0xBF58476D1CE4E5B9u;
    z = (z ^ z >> 27) * 0x94D049BB133111EBu;
    z ^= z >> 31;
    return below == 0 ? 0 : (unsigned)(z % below);
}

/* "sim1.latency_ms=200" */
static bool
fault_start(const struct emulator *emu, const char *spec, struct err *e)
{
    char name[32], knob[32];
    int value, used = 0;
    struct modem *m;
    json_t *wanted;
    bool ok;

    if (sscanf(spec, "%31[^.].%31[^=]=%d%n", name, knob, &value, &used) != 3 ||
        spec[used] != '\0')
        return err_set(e, FAIL_REJECT, "--fault takes NAME.KNOB=VALUE, not '%s'", spec);
    m = emulator_modem(emu, name);
    if (m == NULL)
        return err_set(e, FAIL_REJECT, "--fault %s: there is no such modem", spec);
    wanted = json_pack("{s:i}", knob, value);
    ok = modem_faults_set(m, wanted, e) || err_in(e, "--fault %s", spec);
    json_decref(wanted);
    return ok;
}

static bool
modem_start(struct emulator *emu, const char *spec, struct err *e)
{
    char *name = must_strdup(spec), *colon = strchr(name, ':');
    struct modem *m = NULL;
    const json_t *faults;

    if (colon == NULL || colon == name || strchr(name, '/') != NULL) {
        err_set(e, FAIL_REJECT, "--modem takes NAME:NUMBER, not '%s'", spec);
    } else {
        *colon = '\0';
        m = modem_create(emu, name, colon + 1, (int)emu->n_modems + 1, e);
    }
    faults = m == NULL ? NULL : village_modem(emu->village, m->name);
    free(name);
    if (m == NULL)
        return false;
    emu->modems[emu->n_modems++] = m;
    return faults == NULL || modem_faults_set(m, faults, e) ||
           err_in(e, "modems: %s", m->name);
}

bool
emulator_start(struct emulator *emu, const struct options *o, struct err *e)
{
    emu->dir = o->dir;
    emu->dice = o->seed;
    emu->loop = loop_create(e);
    if (emu->loop == NULL)
        return false;
    emu->village = village_load(o->village, e);
    if (emu->village == NULL)
        return false;
    emu->network = network_create(emu, village_network(emu->village));
    for (size_t i = 0; i < o->n_modems; i++) {
        if (!modem_start(emu, o->modems[i], e))
            return false;
    }
    for (size_t i = 0; i < o->n_faults; i++) {
        if (!fault_start(emu, o->faults[i], e))
            return false;
    }
    if (!buses_start(emu, village_file(emu->village), e))
        return false;
    if (o->control != NULL)
        emu->control = control_open(emu, o->control, e);
    return o->control == NULL || emu->control != NULL;
}

void
emulator_stop(struct emulator *emu)
{
    control_close(emu->control);
    buses_stop(emu);
    for (size_t i = 0; i < emu->n_modems; i++)
        modem_destroy(emu->modems[i]);
    network_destroy(emu->network);
    village_destroy(emu->village);
    loop_destroy(emu->loop);
}
