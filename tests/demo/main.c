#include "demo.h"
#include "meterpost/base/text.h"

#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define START "2026-10-01T06:00+03:00"

static int
usage(void)
{
    fprintf(stderr,
            "meterpost-demo [--quiet] [--json] [--out FOLDER]\n"
            "  --quiet  no story        --json  one line of counts at the end\n"
            "  --out    where the rendered bills go (default: a new folder in /tmp)\n");
    return 2;
}

/* The bills stay when everything else is gone. */
static bool
make_bill_folder(struct demo *d, const char *wanted, struct err *e)
{
    static char made[] = "/tmp/meterpost-bills-XXXXXX";

    if (wanted == NULL && mkdtemp(made) == NULL)
        return err_set(e, FAIL_FATAL, "no folder for the bills in /tmp");
    if (wanted != NULL)
        mkdir(wanted, 0755);
    return text_copy(d->bills, sizeof(d->bills), wanted == NULL ? made : wanted) ||
           err_set(e, FAIL_REJECT, "the folder's name is too long");
}

static bool
live(struct demo *d, struct err *e)
{
    /* The radio is played here: no modem needs libGammu's pauses. */
    static const char more[] =
        "billing: {due_days: 14, number_format: \"{year}-{seq:06}\"}\n"
        "arrears:\n"
        "  run: true\n"
        "  policy: philippines\n" /* 48 hours of notice: a story of a week */
        "  min_debt: \"100\"\n"
        "  stages:\n"
        "    - {name: reminder, after_due: 1d, template: reminder}\n"
        "    - {name: notice, after_due: 2d, template: notice}\n"
        "    - {name: cut, after_due: 5d, after: notice}\n"
        "buses:\n" /* the machine may be busy: nobody is silent for less than ten seconds */
        "  - {name: rs485-1, device: %s/rs485-1, protocol: dlt645-2007, baud: 2400,\n"
        "     timeout: 10s}\n";
    char settings[RIG_PATH_MAX + sizeof(more)];
    const struct rig_options options = {.start = START};

    if ((d->rig = rig_create(&options, e)) == NULL)
        return false;
    snprintf(settings, sizeof(settings), more, rig_dir(d->rig));
    return rig_emulator_start(d->rig, e) && rig_config(d->rig, settings, e) &&
           rig_engine_start(d->rig, e) && story_live(d, e) && tally_take(d, e) &&
           rig_engine_stop(d->rig, e);
}

int
main(int argc, char **argv)
{
    struct demo d = {0};
    struct err e = {0};
    const char *out = NULL;
    bool json = false, good;

    for (int i = 1; i < argc; i++) {
        if (strcmp(argv[i], "--quiet") == 0)
            d.quiet = true;
        else if (strcmp(argv[i], "--json") == 0)
            json = true;
        else if (strcmp(argv[i], "--out") == 0 && i + 1 < argc)
            out = argv[++i];
        else
            return usage();
    }
    d.village = json_load_file(TOP "/tests/emulator/village.json", 0, NULL);
    d.counts = json_object();
    good = make_bill_folder(&d, out, &e) && live(&d, &e);
    rig_destroy(d.rig);
    if (!good)
        fprintf(stderr, "demo: %s\n", e.text);
    else if (json)
        json_dumpf(d.counts, stdout, JSON_COMPACT | JSON_PRESERVE_ORDER);
    else
        tally_print(&d);
    if (good && json)
        printf("\n");
    json_decref(d.village);
    json_decref(d.counts);
    return good ? 0 : 1;
}
