/*
 * The month of the demo, lived twice at the same time: the same readings, bills and texts,
 * and nothing lost or doubled.
 */
#include <criterion/criterion.h>
#include <ftw.h>
#include <jansson.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define LINE_MAX_BYTES 2000

static int
remove_one(const char *path, const struct stat *st, int kind, struct FTW *ftw)
{
    (void)st, (void)kind, (void)ftw;
    return remove(path);
}

static FILE *
month_begin(const char *folder)
{
    char command[400];
    FILE *f;

    snprintf(command, sizeof(command),
             "exec " BIN "/meterpost-demo --quiet --json --out %s", folder);
    f = popen(command, "re");
    cr_assert_not_null(f, "the demo does not start");
    return f;
}

/* The one line that it prints. */
static void
month_end(FILE *f, char line[LINE_MAX_BYTES])
{
    size_t n = fread(line, 1, LINE_MAX_BYTES - 1, f);
    int status = pclose(f);

    line[n] = '\0';
    cr_assert_eq(status, 0, "the demo ends with status %d: %s", status, line);
}

static void
expect_counts(const char *line)
{
    static const struct {
        const char *key;
        json_int_t want;
    } counts[] = {{"meters", 60}, {"bills", 60}, {"lost", 0}, {"duplicated", 0}};
    json_t *o = json_loads(line, 0, NULL);

    cr_assert_not_null(o, "no JSON: %s", line);
    for (size_t i = 0; i < sizeof(counts) / sizeof(counts[0]); i++) {
        json_int_t got = json_integer_value(json_object_get(o, counts[i].key));

        cr_expect_eq(got, counts[i].want, "%s: got %lld, want %lld", counts[i].key,
                     (long long)got, (long long)counts[i].want);
    }
    cr_expect(json_integer_value(json_object_get(o, "readings_sms")) > 180, "%s", line);
    cr_expect(json_string_length(json_object_get(o, "digest")) == 48, "%s", line);
    json_decref(o);
}

Test(month, is_the_same_when_it_is_lived_twice, .timeout = 300)
{
    char folders[2][40], lines[2][LINE_MAX_BYTES];
    FILE *months[2];

    for (int i = 0; i < 2; i++) {
        snprintf(folders[i], sizeof(folders[i]), "/tmp/meterpost-month-XXXXXX");
        cr_assert_not_null(mkdtemp(folders[i]));
        months[i] = month_begin(folders[i]);
    }
    for (int i = 0; i < 2; i++) {
        month_end(months[i], lines[i]);
        nftw(folders[i], remove_one, 16, FTW_DEPTH | FTW_PHYS);
    }
    expect_counts(lines[0]);
    cr_expect_str_eq(lines[0], lines[1], "got\n%sand\n%s", lines[0], lines[1]);
}
