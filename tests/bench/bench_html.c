/* Bills as pages: view, template, history chart, QR code. There is no bare library to
 * compare with; a bill to print takes what this says. */
#include "bench_town.h"

#include "meterpost/billing/view.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static bool
render_all(const struct town *t, const struct templates *templates, int bills,
           struct spent *spent, struct err *e)
{
    int64_t bytes = 0;

    spent_start(spent);
    for (int i = 1; i <= bills; i++) {
        char number[BILL_NUMBER_MAX], *page;
        size_t n;

        snprintf(number, sizeof(number), "2026-%06d", i);
        if (!billing_render_bill(t->s, &t->conf, templates, number, "html", NULL, &page, e))
            return false;
        n = strlen(page);
        free(page);
        bytes += (int64_t)n;
    }
    spent_end(spent, bills);
    return bytes > 0 || err_set(e, FAIL_FATAL, "the pages are empty");
}

bool
bench_html(struct err *e)
{
    int bills = bench_size(10000);
    char dir[] = "/tmp/meterpost-html-XXXXXX", path[60], command[80];
    struct spent billed, spent = {0}, nothing = {0};
    struct templates *templates = NULL;
    struct town t = {0};
    bool good = mkdtemp(dir) != NULL && town_open(&t, e);

    snprintf(path, sizeof(path), "%s/town.db", dir);
    good = good && templates_open(TOP "/templates", "en", &templates, e) &&
           town_settle(&t, path, bills, e) && town_bill(&t, bills, &billed, e) &&
           render_all(&t, templates, bills, &spent, e);
    if (good)
        spent_print("bills as HTML pages", &spent, &nothing, NULL);
    store_close(t.s);
    templates_close(templates);
    town_close(&t);
    snprintf(command, sizeof(command), "rm -rf %s", dir);
    return system(command) == 0 && good;
}
