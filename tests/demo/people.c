#include "demo.h"
#include "meterpost/base/text.h"

#include <stdlib.h>
#include <string.h>

/* Households of the village. Every sixth one reads Chinese. */
static const char *const names[] = {
    "Amina Hassan", "Joseph Mwangi", "Grace Wanjiru", "Peter Otieno", "Fatuma Ali",
    "王芳",         "Samuel Kiprop", "Mary Achieng",  "David Mutua",  "Esther Njeri",
    "Hamisi Juma",  "李伟",          "Lucy Chebet",   "Daniel Kamau", "Zainab Omar",
    "Paul Wekesa",  "Ruth Moraa",    "张敏",
};
#define NAMES (sizeof(names) / sizeof(names[0]))

const char *
people_phone(int n, char *out)
{
    snprintf(out, 24, "+2547220%05d", n + 1);
    return out;
}

const char *
people_account(int n, char *out)
{
    snprintf(out, 24, "%d", 1001 + n);
    return out;
}

/* The n-th meter that has a customer: concentrators have none. */
static const json_t *
household(const struct demo *d, int n)
{
    const json_t *meters = json_object_get(d->village, "meters"), *m;
    size_t i;

    json_array_foreach (meters, i, m) {
        const char *kind = json_string_value(json_object_get(m, "kind"));

        if (kind != NULL && strcmp(kind, "dlt-concentrator") == 0)
            continue;
        if (n-- == 0)
            return m;
    }
    return NULL;
}

static const char *
field(const json_t *m, const char *key)
{
    const char *text = json_string_value(json_object_get(m, key));

    return text == NULL ? "" : text;
}

const char *
people_meter(const struct demo *d, int n)
{
    return field(household(d, n), "serial");
}

int
people_count(const struct demo *d)
{
    int n = 0;

    while (household(d, n) != NULL)
        n++;
    return n;
}

static bool
is_water(const json_t *m)
{
    return strcmp(field(m, "kind"), "arkon-magb1") == 0;
}

static void
write_account(struct text *t, const json_t *m, int n)
{
    char account[24], phone[24];

    text_addf(t, "%s,%s,%s,%s,%s,%d Market Street\n", people_account(n, account),
              names[(size_t)n % NAMES],
              is_water(m) ? "domestic-water" : "domestic-electricity",
              people_phone(n, phone), n % 6 == 5 ? "zh" : "en", n + 1);
}

/* What the meter shows now is its reading at the start; a display cuts off its decimals. */
static bool
initial_reading(struct demo *d, const json_t *m, char *out, size_t size, struct err *e)
{
    json_t *answer =
        rig_ask(d->rig, e, "{s:s,s:s}", "do", "meter", "meter", field(m, "serial"));
    const char *value = json_string_value(json_object_get(answer, "value"));
    size_t keep;
    bool fits;

    if (value == NULL) {
        json_decref(answer);
        return err_in(e, "meter %s", field(m, "serial"));
    }
    keep = strcspn(value, ".");
    if (strcmp(field(m, "kind"), "kamstrup-gsm7i") != 0 && value[keep] == '.')
        keep += strlen(value + keep) > 3 ? 3 : strlen(value + keep);
    fits = keep < size;
    snprintf(out, size, "%.*s", (int)keep, value);
    json_decref(answer);
    return fits || err_set(e, FAIL_REJECT, "a value of %zu digits", keep);
}

/* The meter as it hangs on the village's RS-485 line; NULL when it does not. */
static const json_t *
people_wire(const struct demo *d, const char *serial)
{
    const json_t *bus = json_object_get(json_object_get(d->village, "buses"), "rs485-1");
    const json_t *m;
    size_t i;

    json_array_foreach (json_object_get(bus, "meters"), i, m) {
        if (strcmp(field(m, "serial"), serial) == 0)
            return m;
    }
    return NULL;
}

static bool
write_meter(struct demo *d, struct text *t, const json_t *m, int n, struct err *e)
{
    char account[24], initial[32];
    bool behind = *field(m, "behind") != '\0';
    const json_t *wire;

    if (!initial_reading(d, m, initial, sizeof(initial), e))
        return false;
    wire = people_wire(d, field(m, "serial"));
    text_addf(t, "%s,%s,%s,%s,%s,%s,%s,%s,2026-10-01,%s,%s\n", field(m, "serial"),
              people_account(n, account), is_water(m) ? "water" : "electricity",
              behind ? "" : field(m, "kind"), field(m, "phone"), field(m, "behind"),
              behind         ? field(m, "serial")
              : wire != NULL ? field(wire, "address")
                             : "",
              initial, wire != NULL ? "rs485-1" : "",
              wire != NULL ? field(wire, "protocol") : "");
    return true;
}

static void
write_concentrators(const struct demo *d, struct text *t)
{
    const json_t *m;
    size_t i;

    json_array_foreach (json_object_get(d->village, "meters"), i, m) {
        if (strcmp(field(m, "kind"), "dlt-concentrator") == 0)
            text_addf(t, "%s,%s,%s\n", field(m, "serial"), field(m, "kind"),
                      field(m, "phone"));
    }
}

bool
people_write(struct demo *d, struct err *e)
{
    static char accounts[32768], meters[32768], concentrators[4096];
    struct text a, m, c;

    text_init(&a, accounts, sizeof(accounts));
    text_init(&m, meters, sizeof(meters));
    text_init(&c, concentrators, sizeof(concentrators));
    text_add(&a, "account,name,tariff,phones,language,address\n");
    text_add(&m, "meter,account,commodity,profile,phone,concentrator,address,"
                 "initial_reading,installed_on,bus,protocol\n");
    text_add(&c, "concentrator,profile,phone\n");
    write_concentrators(d, &c);
    for (int n = 0; household(d, n) != NULL; n++) {
        write_account(&a, household(d, n), n);
        if (!write_meter(d, &m, household(d, n), n, e))
            return false;
    }
    if (a.cut || m.cut || c.cut)
        return err_set(e, FAIL_REJECT, "the village is too large for the demo");
    return rig_write(d->rig, "accounts.csv", accounts, e) &&
           rig_write(d->rig, "concentrators.csv", concentrators, e) &&
           rig_write(d->rig, "meters.csv", meters, e);
}
