/* Files of profiles that are wrong: what is said of them. */
#include "meterpost/metering/profile.h"

#include <criterion/criterion.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define HEAD "profile: p\nname: P\n"

Test(profile_file, faults_of_a_file_come_in_one_go_with_their_place)
{
    static const char text[] = "profile: Bad Id\n"
                               "name: B\n"
                               "commodity: steam\n"
                               "numbers: {decimal: \";\"}\n"
                               "replies:\n"
                               "  - {name: a, kind: reading, pattern: '^(?<e>\\d+$', "
                               "values: [{register: \"1-0:1.8.0\", "
                               "group: e, unit: kWh}]}\n"
                               "  - {name: b, kind: reading, pattern: '^(?<e>\\d+)$', "
                               "values: [{register: \"1.8\", "
                               "group: x, unit: kwx, scale: \"0\", round: off}]}\n"
                               "  - {name: b, kind: relay, pattern: '^x$'}\n"
                               "  - {name: d, kind: error, pattern: '^y$'}\n"
                               "  - {name: e, kind: notice, pattern: '^(?<t>z)$', time: "
                               "{group: t, format: \"%Y-%q\", "
                               "zone: Mars}}\n"
                               "  - {name: f, kind: reading, pattern: '^(?<e>\\d+)$', "
                               "values: [{register: \"8-0:1.0.0\", "
                               "group: e, unit: kWh}]}\n"
                               "  - {name: g, kind: notice, pattern: '\\C'}\n";
    static const char *const want[] = {
        "f:1:10: profile: expected small letters, digits, '-', '_' and '.', got 'Bad Id'",
        "f:3:12: commodity: expected one of electricity, water, gas, heat; got 'steam'",
        "f:4:20: numbers.decimal: expected \".\" or \",\", or any for both, got ';'",
        "f:8:12: replies[2].name: 'b' is the name of replies[1] already",
        "f:6:39: replies[0].pattern: expected a regular expression, got a fault at byte "
        "11: "
        "missing closing parenthesis",
        "f:7:74: replies[1].values[0].register: expected an OBIS code such as 1-0:1.8.0, "
        "got "
        "'1.8'",
        "f:7:88: replies[1].values[0].group: the pattern has no group (?<x>...)",
        "f:7:97: replies[1].values[0].unit: unknown unit 'kwx'",
        "f:7:109: replies[1].values[0].scale: expected a factor such as \"0.01\" or "
        "\"40\", got "
        "'0'",
        "f:7:121: replies[1].values[0].round: expected one of half_up, half_even, down, "
        "up; got "
        "'off'",
        "f:8:5: replies[2]: a reply of kind relay needs 'relay'",
        "f:9:5: replies[3]: 'error' stands in replies of kind error, and in each of them",
        "f:10:76: replies[4].time.format: expected %Y %y %m %b %d %H %I %p %M %S %a or %% "
        "in a "
        "time format, got '%q'",
        "f:10:91: replies[4].time.zone: expected utility, utc or an offset such as "
        "\"+03:00\", "
        "got 'Mars'",
        "f:11:103: replies[5].values[0].unit: expected a unit that becomes m3, which "
        "register "
        "8-0:1.0.0 has, got 'kWh'",
        "f:12:38: replies[6].pattern: expected a regular expression, got a fault at byte "
        "3: "
        "using \\C is disabled by the application",
    };
    struct problems p = {0};
    char got[1024];

    cr_expect_null(profile_load_text("f", text, strlen(text), &p));
    cr_expect_eq(p.count, sizeof(want) / sizeof(want[0]), "%zu", p.count);
    for (size_t i = 0; i < p.count && i < sizeof(want) / sizeof(want[0]); i++) {
        problem_print(&p.at[i], got, sizeof(got));
        cr_expect_str_eq(got, want[i], "\n got: %s\nwant: %s", got, want[i]);
    }
    problems_free(&p);
}

Test(profile_file, octets_of_a_request_are_checked_with_their_place)
{
    static const struct {
        const char *read, *want;
    } cases[] = {
        {"hex: 68 {{address}}68 1104 {{{password}}} 16", NULL},
        {"hex:0103  0000", NULL},
        {"hexagon", NULL},
        {"hex: 68 1G",
         "f:3:18: requests.read: expected hexadecimal digits behind 'hex:', got 'G' as "
         "its character 10"},
        {"hex: 68 {{address",
         "f:3:18: requests.read: expected hexadecimal digits behind 'hex:', got '{' as "
         "its character 9"},
        {"hex: 681",
         "f:3:18: requests.read: expected octets of two hexadecimal digits behind "
         "'hex:', got 3 digits"},
        {"hex:", "f:3:18: requests.read: expected octets of two hexadecimal digits behind "
                 "'hex:', got 0 digits"},
    };

    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        struct problems p = {0};
        struct profile *profile;
        char text[300], got[300] = "";

        snprintf(text, sizeof(text),
                 HEAD "requests: {read: \"%s\"}\n"
                      "replies: [{name: r, kind: ack, pattern: OK}]\n"
                      "examples: [{text: OK, expect: {kind: ack}}]\n",
                 cases[i].read);
        profile = profile_load_text("f", text, strlen(text), &p);
        if (p.count > 0)
            problem_print(&p.at[0], got, sizeof(got));
        cr_expect_eq(profile != NULL, cases[i].want == NULL, "%s: %s", cases[i].read, got);
        cr_expect_str_eq(got, cases[i].want == NULL ? "" : cases[i].want);
        profile_free(profile);
        problems_free(&p);
    }
}

Test(profile_file, hostile_patterns_do_not_compile)
{
    static const char *const patterns[] = {
        "((((((((((((((((((((((((((((((((((((((((((((((((((((a)))))))))))))))))))))))))))))"
        ")))))"
        "))))))))))))))))))",
        "(?:(?:(?:a{1000}){1000}){1000})",
        "(?<n>a)(?<n>b)",
        "[",
        "(?1",
    };

    for (size_t i = 0; i < sizeof(patterns) / sizeof(patterns[0]); i++) {
        struct problems p = {0};
        char text[512];

        snprintf(text, sizeof(text),
                 HEAD "replies: [{name: r, kind: ack, pattern: '%s'}]\n", patterns[i]);
        cr_expect_null(profile_load_text("f", text, strlen(text), &p), "%s", patterns[i]);
        cr_expect_eq(p.count, 1, "%s", patterns[i]);
        problems_free(&p);
    }
}

static void
write_file(const char *dir, const char *name, const char *text)
{
    char path[128];
    FILE *f;

    snprintf(path, sizeof(path), "%s/%s", dir, name);
    f = fopen(path, "w");
    fputs(text, f);
    fclose(f);
}

Test(profile_file, a_folder_is_loaded_whole_or_not_at_all)
{
    static const char good[] = HEAD "replies: [{name: r, kind: ack, pattern: '^OK$'}]\n";
    static const char *const names[] = {"a.yaml", "b.yaml", "c.yaml", "README.md"};
    char dir[] = "/tmp/meterpost-profile-XXXXXX", path[128];
    struct problems p = {0};
    struct profiles *all;

    cr_assert_not_null(mkdtemp(dir));
    cr_assert(profiles_load(dir, &all, &p), "an empty folder is fine");
    cr_expect_eq(profiles_count(all), 0);
    profiles_free(all);
    write_file(dir, "a.yaml", good);
    write_file(dir, "README.md", "no profile");
    cr_assert(profiles_load(dir, &all, &p));
    cr_expect_eq(profiles_count(all), 1);
    cr_expect_eq(profiles_at(all, 0), profiles_find(all, "p"));
    cr_expect_null(profiles_at(all, 1));
    profiles_free(all);
    write_file(dir, "b.yaml", good);
    write_file(dir, "c.yaml", "profile: c\n");
    cr_expect_not(profiles_load(dir, &all, &p));
    cr_expect_null(all);
    cr_assert_eq(p.count, 3);
    cr_expect_str_eq(p.at[0].text, "profile: 'p' is the id of another file already");
    cr_expect_str_eq(p.at[1].text, "the key 'name' is missing");
    cr_expect_str_eq(p.at[2].text, "the key 'replies' is missing");
    problems_free(&p);
    cr_expect_not(profiles_load("/nowhere", &all, &p));
    cr_expect_str_eq(p.at[0].text, "No such file or directory");
    problems_free(&p);
    for (size_t i = 0; i < 4; i++) {
        snprintf(path, sizeof(path), "%s/%s", dir, names[i]);
        unlink(path);
    }
    rmdir(dir);
}
