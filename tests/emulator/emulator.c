#include "emulator.h"

#include "buf.h"
#include "control.h"
#include "modem.h"
#include "network.h"
#include "village.h"

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
    if (o->control != NULL)
        emu->control = control_open(emu, o->control, e);
    return o->control == NULL || emu->control != NULL;
}

void
emulator_stop(struct emulator *emu)
{
    control_close(emu->control);
    for (size_t i = 0; i < emu->n_modems; i++)
        modem_destroy(emu->modems[i]);
    network_destroy(emu->network);
    village_destroy(emu->village);
    loop_destroy(emu->loop);
}
