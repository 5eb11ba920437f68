#include "meterpost/base/yaml.h"

#include <criterion/criterion.h>
#include <cyaml/cyaml.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum colour { RED, GREEN };

struct item {
    char *name;
    int8_t level;
    unsigned days;
};

struct sample {
    char name[8];
    uint16_t port;
    bool on;
    enum colour colour;
    struct item *items;
    unsigned items_count;
    char *note;
};

static const cyaml_strval_t colours[] = {{"red", RED}, {"green", GREEN}};
static const cyaml_strval_t days[] = {{"mon", 1}, {"tue", 2}};

static const cyaml_schema_field_t item_fields[] = {
    CYAML_FIELD_STRING_PTR("name", CYAML_FLAG_DEFAULT, struct item, name, 1, 20),
    CYAML_FIELD_INT("level", CYAML_FLAG_OPTIONAL, struct item, level),
    CYAML_FIELD_FLAGS("days", CYAML_FLAG_OPTIONAL | CYAML_FLAG_STRICT, struct item, days,
                      days, 2),
    CYAML_FIELD_END,
};
static const cyaml_schema_value_t item = {
    CYAML_VALUE_MAPPING(CYAML_FLAG_DEFAULT, struct item, item_fields)};

static const cyaml_schema_field_t fields[] = {
    CYAML_FIELD_STRING("name", CYAML_FLAG_DEFAULT, struct sample, name, 1),
    CYAML_FIELD_UINT("port", CYAML_FLAG_OPTIONAL, struct sample, port),
    CYAML_FIELD_BOOL("on", CYAML_FLAG_OPTIONAL, struct sample, on),
    CYAML_FIELD_ENUM("colour", CYAML_FLAG_OPTIONAL | CYAML_FLAG_STRICT, struct sample,
                     colour, colours, 2),
    CYAML_FIELD_SEQUENCE("items", CYAML_FLAG_OPTIONAL | CYAML_FLAG_POINTER, struct sample,
                         items, &item, 1, 3),
    CYAML_FIELD_STRING_PTR("note", CYAML_FLAG_OPTIONAL | CYAML_FLAG_POINTER_NULL_STR,
                           struct sample, note, 0, 20),
    CYAML_FIELD_IGNORE("free", CYAML_FLAG_OPTIONAL),
    CYAML_FIELD_END,
};
static const cyaml_schema_value_t schema = {
    CYAML_VALUE_MAPPING(CYAML_FLAG_POINTER, struct sample, fields)};

/* All problems of a text, one a line. */
static void
problems_of(const char *text, size_t n, char *out, size_t size)
{
    struct problems p = {0};
    struct yaml *y = yaml_open_text("f", text, n, &p);
    void *data;
    size_t used = 0;
    char line[1024];

    out[0] = '\0';
    yaml_read(y, &schema, &data, &p);
    for (size_t i = 0; i < p.count && used < size; i++)
        used += (size_t)snprintf(out + used, size - used, "%s%s", i > 0 ? "\n" : "",
                                 problem_print(&p.at[i], line, sizeof(line)));
    yaml_data_free(&schema, data);
    yaml_close(y);
    problems_free(&p);
}

Test(yaml, a_good_text_fills_the_struct)
{
    static const char text[] = "name: abc\nport: 65535\non: true\ncolour: green\n"
                               "items:\n  - {name: one, level: -128, days: [mon, tue]}\n"
                               "  - {name: 'two'}\nnote: null\nfree: {any: [1, {b: c}]}\n";
    struct problems p = {0};
    struct yaml *y = yaml_open_text("f", text, strlen(text), &p);
    void *data;
    struct sample *s;

    cr_assert(yaml_read(y, &schema, &data, &p));
    s = data;
    yaml_close(y);
    cr_expect_str_eq(s->name, "abc");
    cr_expect_eq(s->port, 65535);
    cr_expect(s->on);
    cr_expect_eq(s->colour, GREEN);
    cr_assert_eq(s->items_count, 2);
    cr_expect_eq(s->items[0].level, -128);
    cr_expect_eq(s->items[0].days, 3);
    cr_expect_str_eq(s->items[1].name, "two");
    cr_expect_eq(s->items[1].level, 0);
    cr_expect_null(s->note);
    cr_expect(problems_none(&p));
    yaml_data_free(&schema, data);
}

Test(yaml, json_is_yaml)
{
    static const char text[] =
        "{\"name\":\"abc\",\"port\":1,\"on\":false,\"items\":[{\"name\":\"\\u00e9\","
        "\"level\":1}],\"note\":null}";
    struct problems p = {0};
    struct yaml *y = yaml_open_text("f", text, strlen(text), &p);
    void *data;

    cr_assert(yaml_read(y, &schema, &data, &p));
    cr_expect_str_eq(((struct sample *)data)->items[0].name, "\xc3\xa9");
    yaml_close(y);
    yaml_data_free(&schema, data);
}

Test(yaml, every_fault_is_named_with_its_place)
{
    static const struct {
        const char *text, *want;
    } cases[] = {
        {"name: a\nprot: 1\n", "f:2:1: unknown key 'prot': did you mean 'port'?"},
        {"name: a\nzzzzzz: 1\n", "f:2:1: unknown key 'zzzzzz': expected one of name, port, "
                                 "on, colour, items, note, free"},
        {"port: 1\n", "f:1:1: the key 'name' is missing"},
        {"name: a\nname: b\n", "f:2:1: the key 'name' stands here twice, first in line 1"},
        {"name: a\nport: x\n",
         "f:2:7: port: expected a whole number from 0 to 65535, got 'x'"},
        {"name: a\nport: 65536\n",
         "f:2:7: port: expected a whole number from 0 to 65535, got '65536'"},
        {"name: a\nport: 99999999999999999999999\n",
         "f:2:7: port: expected a whole number from 0 to 65535, got "
         "'99999999999999999999999'"},
        {"name: a\nport: -1\n",
         "f:2:7: port: expected a whole number from 0 to 65535, got '-1'"},
        {"name: a\nport: 010\n",
         "f:2:7: port: expected a whole number from 0 to 65535, got '010'"},
        {"name: a\nport: 0x10\n",
         "f:2:7: port: expected a whole number from 0 to 65535, got '0x10'"},
        {"name: a\nport: [1]\n",
         "f:2:7: port: expected a whole number from 0 to 65535, got a list"},
        {"name: a\nport:\n",
         "f:2:6: port: expected a whole number from 0 to 65535, got nothing"},
        {"name: a\non: off\n", "f:2:5: on: expected true or false, got 'off'"},
        {"name: a\non: {}\n",
         "f:2:5: on: expected true or false, got a mapping (keys and values)"},
        {"name: a\ncolour: blue\n",
         "f:2:9: colour: expected one of red, green; got 'blue'"},
        {"name: a\ncolour: 1\n", "f:2:9: colour: expected one of red, green; got '1'"},
        {"name: a\nitems: 1\n", "f:2:8: items: expected a list, got '1'"},
        {"name: a\nitems: []\n", "f:2:8: items: expected at least 1 in the list, got 0"},
        {"name: a\nitems: [{name: a},{name: a},{name: a},{name: a}]\n",
         "f:2:8: items: expected at most 3 in the list, got 4"},
        {"name: a\nitems: [x]\n",
         "f:2:9: items[0]: expected a mapping (keys and values), got 'x'"},
        {"name: a\nitems:\n- name: b\n- level: 200\n",
         "f:4:10: items[1].level: expected a whole number from -128 to 127, got '200'\n"
         "f:4:3: items[1]: the key 'name' is missing"},
        {"name: a\nitems: [{name: b, days: [mon, fri]}]\n",
         "f:2:31: items[0].days[1]: expected one of mon, tue; got 'fri'"},
        {"name: a\nitems: [{name: b, days: mon}]\n",
         "f:2:25: items[0].days: expected a list of words, got 'mon'"},
        {"name: 12345678\n",
         "f:1:7: name: expected at most 7 bytes of text, got 8: '12345678'"},
        {"name: ''\n", "f:1:7: name: expected text, got nothing"},
        {"name:\n", "f:1:6: name: expected text, got nothing"},
        {"name: null\n", "f:1:7: name: expected text, got 'null'"},
        {"name: [a]\n", "f:1:7: name: expected text, got a list"},
        {"name: a\nfree: &x 1\nnote: *x\n",
         "f:2:7: note: aliases (*name) are not supported: write the value out"},
        {"name: a\nfree: [[[[[[[[[[[[[[[[[1]]]]]]]]]]]]]]]]]\n",
         "f:2:22: free: expected at most 16 levels of nesting"},
        {"name: a\nfree: &x [*x]\n",
         "f:2:7: free: aliases (*name) are not supported: write the value out"},
        {"name: a\n[a]: b\n", "f:2:1: expected a key, got a list"},
        {"name: a\nitems:\n\t- x\n",
         "f:3:1: expected spaces, got a tab: YAML is indented with spaces"},
        {"name: 'a\n", "f:2:1: not YAML: found unexpected end of stream (while scanning a "
                       "quoted scalar from line 1)"},
        {"name: a\n  port: 1\n", "f:2:7: not YAML: mapping values are not allowed in this "
                                 "context"},
        {"name: a\n---\nname: b\n",
         "f:3:1: expected one document in the file, got a second one ('---')"},
        {"", "f: the file is empty"},
        {"# nothing\n", "f: the file is empty"},
        {"- a\n", "f:1:1: expected a mapping (keys and values), got a list"},
        {"just text", "f:1:1: expected a mapping (keys and values), got 'just text'"},
        {"name: a\xff\n", "f:1:8: expected UTF-8, got the byte FF: save the file as UTF-8"},
        {"name: \xc3\xa9\nport: \xc3",
         "f:2:7: expected UTF-8, got the byte C3: save the file "
         "as UTF-8"},
        {"\xc3\xa9: 1\nname: a\n",
         "f:1:1: unknown key '\xc3\xa9': expected one of name, port, "
         "on, colour, items, note, free"},
        {"name: \x01\n", "f:1:7: not YAML: control characters are not allowed"},
    };
    char got[4096];

    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        problems_of(cases[i].text, strlen(cases[i].text), got, sizeof(got));
        cr_expect_str_eq(got, cases[i].want, "%s\n got: %s\nwant: %s", cases[i].text, got,
                         cases[i].want);
    }
}

Test(yaml, all_faults_come_in_one_go)
{
    static const char text[] = "nam: a\nport: x\non: 1\ncolour: z\n";
    char got[4096];

    problems_of(text, sizeof(text) - 1, got, sizeof(got));
    cr_expect_str_eq(got,
                     "f:1:1: unknown key 'nam': did you mean 'name'?\n"
                     "f:2:7: port: expected a whole number from 0 to 65535, got 'x'\n"
                     "f:3:5: on: expected true or false, got '1'\n"
                     "f:4:9: colour: expected one of red, green; got 'z'\n"
                     "f:1:1: the key 'name' is missing",
                     "%s", got);
}

Test(yaml, a_nul_byte_is_no_text)
{
    char got[256];

    problems_of("name: a\0b", 9, got, sizeof(got));
    cr_expect_str_eq(got, "f:1:8: expected UTF-8, got the byte 00: save the file as UTF-8");
}

Test(yaml, the_list_of_problems_is_bounded)
{
    struct problems p = {0};
    char text[64 * 400];
    size_t n = 0;
    struct yaml *y;
    void *data;
    struct err e;

    for (int i = 0; i < 400; i++)
        n += (size_t)snprintf(text + n, sizeof(text) - n, "key_%d: 1\n", i);
    y = yaml_open_text("f", text, n, &p);
    cr_expect_not(yaml_read(y, &schema, &data, &p));
    cr_expect_eq(p.count, PROBLEMS_MAX);
    cr_expect_eq(p.left_out, 301);
    cr_expect_eq(problems_total(&p), 401);
    cr_expect_not(problems_err(&p, &e));
    cr_expect_str_eq(e.text,
                     "f:1:1: unknown key 'key_0': expected one of name, port, on, colour, "
                     "items, note, free (and 400 more)",
                     "%s", e.text);
    yaml_close(y);
    problems_free(&p);
    cr_expect(problems_none(&p));
}

Test(yaml, a_text_over_the_limit_is_refused)
{
    struct problems p = {0};
    char *text = calloc(1, YAML_SIZE_MAX + 1);

    memset(text, ' ', YAML_SIZE_MAX + 1);
    cr_expect_null(yaml_open_text("f", text, YAML_SIZE_MAX + 1, &p));
    cr_assert_eq(p.count, 1);
    cr_expect_str_eq(p.at[0].text, "expected at most 1048576 bytes");
    problems_free(&p);
    free(text);
}

Test(yaml, deep_nesting_does_not_hurt)
{
    static const struct {
        const char *one, *want;
    } cases[] = {
        {"[", "f:1:70: expected at most 16 levels of nesting"},
        {"{a: ", "f:1:259: expected at most 16 levels of nesting"},
        {"- ", "f:1:7: not YAML: block sequence entries are not allowed in this context"},
    };
    size_t n = 100000;
    char *text = malloc(4 * n + 16), got[512];

    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        size_t one = strlen(cases[i].one);

        memcpy(text, "free: ", 6);
        for (size_t k = 0; k < n; k++)
            memcpy(text + 6 + k * one, cases[i].one, one);
        problems_of(text, 6 + n * one, got, sizeof(got));
        cr_expect_str_eq(got, cases[i].want, "%s: got %s, want %s", cases[i].one, got,
                         cases[i].want);
    }
    free(text);
}

Test(yaml, a_later_check_reports_at_a_path)
{
    static const char text[] = "name: a\nitems:\n  - name: x\n    level: 1\n  - name: y\n";
    static const struct {
        const char *path, *want;
        bool has;
    } cases[] = {
        {"name", "f:1:7: name: bad 7", true},
        {"items", "f:3:3: items: bad 7", true},
        {"items[0].level", "f:4:12: items[0].level: bad 7", true},
        {"items[1].name", "f:5:11: items[1].name: bad 7", true},
        {"items[1].level", "f:5:5: items[1].level: bad 7", false},
        {"items[2].level", "f:3:3: items[2].level: bad 7", false},
        {"nothing.at.all", "f:1:1: nothing.at.all: bad 7", false},
        {"items[x", "f:3:5: items[x: bad 7", true},
        {"", "f:1:1: bad 7", true},
    };
    struct problems p = {0};
    struct yaml *y = yaml_open_text("f", text, strlen(text), &p);
    char got[512];

    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        cr_expect_not(yaml_problem(y, &p, cases[i].path, "bad %d", 7));
        problem_print(&p.at[i], got, sizeof(got));
        cr_expect_str_eq(got, cases[i].want, "%s: got %s, want %s", cases[i].path, got,
                         cases[i].want);
        cr_expect_eq(yaml_has(y, cases[i].path), cases[i].has, "%s", cases[i].path);
    }
    yaml_close(y);
    problems_free(&p);
}

Test(yaml, files_that_cannot_be_read_say_why)
{
    struct problems p = {0};
    char dir[] = "/tmp/meterpost-yaml-XXXXXX", path[64];
    FILE *f;
    struct yaml *y;

    cr_assert_not_null(mkdtemp(dir));
    cr_expect_null(yaml_open_file(dir, &p));
    cr_expect_str_eq(p.at[0].text, "expected a file");
    snprintf(path, sizeof(path), "%s/none.yaml", dir);
    cr_expect_null(yaml_open_file(path, &p));
    cr_expect_str_eq(p.at[1].text, "No such file or directory");
    f = fopen(path, "w");
    fputs("\xef\xbb\xbfname: a\n", f);
    fclose(f);
    y = yaml_open_file(path, &p);
    cr_expect_not_null(y);
    cr_expect_eq(p.count, 2);
    yaml_close(y);
    problems_free(&p);
    unlink(path);
    rmdir(dir);
}

Test(yaml, the_nearest_word_is_near)
{
    static const char *const words[] = {"device", "baud", "number", "pin", "smsc", "rate"};
    static const struct {
        const char *word, *want;
    } cases[] = {
        {"devcie", "device"}, {"divice", "device"}, {"bauds", "baud"},
        {"nummer", "number"}, {"pim", "pin"},       {"colour", NULL},
        {"", NULL},           {"Rate", "rate"},     {"x", NULL},
    };

    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        const char *got = nearest_word(cases[i].word, words, 6);

        cr_expect_str_eq(got == NULL ? "(none)" : got,
                         cases[i].want == NULL ? "(none)" : cases[i].want, "%s",
                         cases[i].word);
    }
}
