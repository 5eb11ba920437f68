/*
 * Every field of the registry: it can be set, is told as it was set, stands in the list
 * that people read, and goes through export and import as it is.
 */
#include "meterpost/metering/registry.h"

#include "metering/import_kind.h"
#include "metering/village.h"
#include "meterpost/store/list.h"

static struct import_context with;
static struct conf_bus bus = {.name = "rs485-1"};

static void
start(void)
{
    make_village();
    conf.buses = &bus;
    conf.n_buses = 1;
    settle_village();
    must_import("points", "point\nP1\n");
    must_import("collectors", "collector,concentrator,address\nL1,C1,02\nL2,C1,03\n");
    must_import("staff", "staff,name,role,phone\njo,Jo,reader,0722000008\n"
                         "eve,Eve,admin,0722000009\n");
    must_import("meters", "meter,account,commodity,profile\nM9,5,electricity,\n"
                          "K1,5,water,\n");
    with = (struct import_context){.store = s,
                                   .conf = &conf,
                                   .profiles = profiles,
                                   .tariff_known = tariff_known,
                                   .post_opening = post_opening,
                                   .actor = "amina",
                                   .now = now};
}

TestSuite(registry_fields, .init = start, .fini = remove_village);

#define SAME    NULL
#define NOWHERE ""

/* As it is set; the key of the list that shows it, and what it shows. */
static const struct field {
    const char *kind, *name, *field, *value, *key, *shown;
} fields[] = {
    {"accounts", "1", "name", "Njeri W", SAME, SAME},
    {"accounts", "1", "tariff", "domestic", SAME, SAME},
    {"accounts", "1", "phones", "+254722000041;+254722000042=pay", SAME,
     "+254722000041;+254722000042"},
    {"accounts", "1", "language", "fr", SAME, SAME},
    {"accounts", "1", "class", "shop", SAME, SAME},
    {"accounts", "1", "protected", "medical", SAME, SAME},
    {"accounts", "1", "protected_until", "2026-12-31", SAME, SAME},
    {"accounts", "1", "address", "12 Lake Rd, \"the mill\"", SAME, SAME},
    {"accounts", "1", "hold", "a dispute", SAME, SAME},
    {"accounts", "1", "hold_until", "2026-03-01", SAME, SAME},
    {"meters", "M1", "commodity", "electricity", SAME, SAME},
    {"meters", "M1", "profile", "gsm", SAME, SAME},
    {"meters", "M1", "phone", "+254711000099", SAME, SAME},
    {"meters", "M1", "bus", "rs485-1", NOWHERE, NOWHERE}, /* with the next two */
    {"meters", "M1", "password", "hush", NOWHERE, NOWHERE},
    {"meters", "M1", "multiplier", "2.5", SAME, SAME},
    {"meters", "M1", "digits", "7", SAME, SAME},
    {"meters", "M1", "decimals", "3", SAME, SAME},
    {"meters", "M1", "initial_reading", "99.75", SAME, SAME},
    {"meters", "M1", "installed_on", "2025-11-30", SAME, SAME},
    {"meters", "M1", "group", "T2", SAME, SAME},
    {"meters", "M1", "check_meter", "yes", SAME, SAME},
    {"meters", "M1", "pulse_constant", "1600", SAME, SAME},
    {"meters", "M1", "relay", "yes", "has_relay", SAME},
    {"meters", "M1", "point", "P1", SAME, SAME},
    {"meters", "M1", "sim", "89254021064", SAME, SAME},
    {"meters", "M1", "carrier", "safaricom-kenya", SAME, SAME},
    {"meters", "M1", "battery_on", "2024-05-01", SAME, SAME},
    {"meters", "M1", "seals", "S10;S11", NOWHERE, NOWHERE},
    {"meters", "M9", "address", "000000000044", SAME, SAME},
    {"meters", "M9", "protocol", "dlt645-2007", SAME, SAME},
    {"meters", "M9", "bus", "rs485-1", SAME, SAME},
    {"meters", "K1", "concentrator", "C1", SAME, SAME},
    {"meters", "K1", "collector", "L1", SAME, SAME},
    {"meters", "K1", "port", "3", SAME, SAME},
    {"concentrators", "C1", "profile", "box", SAME, SAME},
    {"concentrators", "C1", "phone", "+254722000077", SAME, SAME},
    {"concentrators", "C1", "sim", "8925403", SAME, SAME},
    {"concentrators", "C1", "carrier", "airtel", SAME, SAME},
    {"concentrators", "C1", "address", "09", SAME, SAME},
    {"concentrators", "C1", "interval", "6h", SAME, SAME},
    {"concentrators", "C1", "interval", "90s", SAME, SAME},
    {"concentrators", "C1", "window", "22:00-05:30", SAME, SAME},
    {"concentrators", "C1", "freeze_time", "00:30", SAME, SAME},
    {"collectors", "L1", "address", "11", SAME, SAME},
    {"collectors", "L1", "bus", "rs485-1", SAME, SAME},
    {"collectors", "L1", "concentrator", "", SAME, SAME},
    {"collectors", "L1", "ports", "16", SAME, SAME},
    {"collectors", "L1", "pulse_constants", "1=1600;3=800", SAME, SAME},
    {"collectors", "L1", "state", "faulty", SAME, SAME},
    {"groups", "T1", "name", "Market square", SAME, SAME},
    {"groups", "T1", "parent", "T2", SAME, SAME},
    {"groups", "T1", "kind", "feeder", SAME, SAME},
    {"points", "P1", "address", "Plot 9", SAME, SAME},
    {"points", "P1", "location", "-1.2921,36.8219", SAME, SAME},
    {"points", "P1", "phases", "3", SAME, SAME},
    {"groups", "T1", "since", "2025-11-30", SAME, "2025-11-30T00:00:00+00:00"},
    {"points", "P1", "note", "behind the mill", SAME, SAME},
    {"staff", "jo", "name", "Jo N.", SAME, SAME},
    {"staff", "jo", "role", "operator", SAME, SAME},
    {"staff", "jo", "phone", "+254722000018", SAME, SAME},
    {"staff", "jo", "language", "fr", SAME, SAME},
    {"staff", "jo", "supervisor", "eve", SAME, SAME},
    {"staff", "jo", "digest", "yes", SAME, SAME},
    {"staff", "jo", "on_call", "2", SAME, SAME},
};
#define N_FIELDS ((int)(sizeof(fields) / sizeof(fields[0])))

/* Set by other ways: the number itself, and what is booked or measured. */
static const char *const others[] = {
    "account",   "opening_balance", "meter", "concentrator",
    "collector", "group",           "point", "staff"};

/* A day is told as the time that it begins. */
static bool
is_told(const char *got, const char *want)
{
    size_t n = strlen(want);

    return strncmp(got, want, n) == 0 && (got[n] == '\0' || (n == 10 && got[n] == 'T'));
}

static void
expect_set(const struct field *f)
{
    json_t *change = json_pack("{s:s}", f->field, f->value), *row;
    char diff[REGISTRY_DIFF_MAX];
    const char *got;

    if (strcmp(f->field, "bus") == 0 && strcmp(f->name, "M1") == 0) {
        json_object_set_new(change, "protocol", json_string("dlt645-2007"));
        json_object_set_new(change, "address", json_string("000000000042"));
    }
    cr_assert(registry_set(&with, f->kind, f->name, change, now, diff, &e), "%s of %s: %s",
              f->field, f->kind, e.text);
    json_decref(change);
    row = registry_get(&with, f->kind, f->name, &e);
    got = json_string_value(json_object_get(row, f->field));
    cr_expect(got != NULL && is_told(got, f->value), "%s of %s: got %s, want %s", f->field,
              f->kind, got, f->value);
    json_decref(row);
}

static void
expect_listed(const struct field *f)
{
    struct list_filter one = {.subject = f->name, .limit = 1};
    const char *key = f->key != SAME ? f->key : f->field;
    const char *want = f->shown != SAME ? f->shown : f->value;
    json_t *rows = list_array(s, f->kind, &one, 2, &e), *value;
    char got[1024];

    cr_assert_not_null(rows, "%s: %s", f->kind, e.text);
    value = json_object_get(json_array_get(rows, 0), key);
    export_value(value, got, sizeof(got));
    cr_expect(*key == '\0' || strcmp(got, want) == 0, "%s of %s shows %s, want %s", key,
              f->kind, got, want);
    json_decref(rows);
}

Test(registry_fields, every_field_is_set_told_and_listed)
{
    for (int i = 0; i < N_FIELDS; i++) {
        expect_set(&fields[i]);
        expect_listed(&fields[i]);
    }
}

Test(registry_fields, no_column_of_a_file_is_left_out)
{
    for (size_t i = 0; import_kind_name(i) != NULL; i++) {
        const struct import_kind *kind = import_kind_find(import_kind_name(i), &e);

        for (const struct column *c = kind->columns;
             kind != &import_readings && c->name != NULL; c++) {
            bool found = false;

            for (int k = 0; k < N_FIELDS; k++)
                found = found || (strcmp(fields[k].kind, kind->name) == 0 &&
                                  strcmp(fields[k].field, c->name) == 0);
            for (size_t k = 0; k < sizeof(others) / sizeof(others[0]); k++)
                found = found || strcmp(others[k], c->name) == 0;
            cr_expect(found, "%s has no row for '%s'", kind->name, c->name);
        }
    }
}

/* The same number of texts as there are kinds. */
static void
export_each(char *text[], size_t most)
{
    for (size_t i = 0; i < most && import_kind_name(i) != NULL; i++) {
        size_t n;
        FILE *f = open_memstream(&text[i], &n);

        cr_assert(export_text(s, import_kind_name(i), 2, f, &e), "%s", e.text);
        fclose(f);
    }
}

Test(registry_fields, every_field_goes_through_export_and_import)
{
    char *before[16] = {NULL}, *after[16] = {NULL};

    for (int i = 0; i < N_FIELDS; i++)
        expect_set(&fields[i]);
    export_each(before, 16);
    store_close(s);
    unlink(db);
    cr_assert(store_open(db, STORE_WRITE, &s, &e) && store_begin(s, &e), "%s", e.text);
    for (size_t i = 0; before[i] != NULL; i++)
        must_import(import_kind_name(i), before[i]);
    export_each(after, 16);
    for (size_t i = 0; before[i] != NULL; i++) {
        cr_expect_str_eq(after[i], before[i], "%s", import_kind_name(i));
        free(before[i]);
        free(after[i]);
    }
}
