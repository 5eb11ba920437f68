#include "meterpost/render/mustache.h"

#include <criterion/criterion.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* Partials of a case: a JSON object of texts, each compiled when it is asked for. */
struct shelf {
    const json_t *texts;
    struct mustache *made[64];
    int n;
};

static bool
shelf_find(void *arg, const char *name, const struct mustache **out, struct err *e)
{
    struct shelf *s = arg;
    const char *text = json_string_value(json_object_get(s->texts, name));

    *out = NULL;
    if (text == NULL)
        return true;
    cr_assert(s->n < 64);
    if (!mustache_compile(name, text, strlen(text), &s->made[s->n], e))
        return false;
    *out = s->made[s->n++];
    return true;
}

static void
shelf_empty(struct shelf *s)
{
    while (s->n > 0)
        mustache_destroy(s->made[--s->n]);
}

/* Renders; *got is the output or the reason why there is none. The caller frees it. */
static bool
fill(const char *text, const json_t *data, const json_t *partials, struct mustache_how how,
     char **got)
{
    struct shelf shelf = {.texts = partials};
    struct mustache *m;
    struct err e;
    bool ok;

    how.partial = shelf_find;
    how.arg = &shelf;
    ok = mustache_compile(NULL, text, strlen(text), &m, &e) &&
         mustache_render(m, data, &how, got, NULL, &e);
    if (!ok)
        *got = strdup(e.text);
    mustache_destroy(m);
    shelf_empty(&shelf);
    return ok;
}

static void
run_case(const char *file, const json_t *one)
{
    const char *name = json_string_value(json_object_get(one, "name"));
    const char *template = json_string_value(json_object_get(one, "template"));
    const char *expected = json_string_value(json_object_get(one, "expected"));
    json_t *data = json_object_get(one, "data");
    char *got = NULL;
    bool ok;

    cr_assert(name != NULL && template != NULL && expected != NULL, "%s: a bad case", file);
    ok = fill(template, data, json_object_get(one, "partials"), (struct mustache_how){0},
              &got);
    cr_expect(ok && strcmp(got, expected) == 0, "%s: %s: got '%s', want '%s'", file, name,
              got, expected);
    free(got);
}

/* Files of {"tests": [{name, template, data, partials, expected}]}, as those of the
 * specification are; METERPOST_MUSTACHE_SPEC names further ones, separated by colons. */
static size_t
run_file(const char *path)
{
    json_error_t why;
    json_t *file = json_load_file(path, JSON_DECODE_ANY, &why);
    json_t *tests = json_object_get(file, "tests"), *one;
    size_t i, n = json_array_size(tests);

    cr_assert(n > 0, "%s: %s", path, why.text);
    json_array_foreach (tests, i, one)
        run_case(path, one);
    json_decref(file);
    return n;
}

Test(mustache, does_what_the_specification_says)
{
    size_t n = run_file(TOP "/tests/render/mustache_cases.json");

    cr_expect(n >= 136, "%zu cases", n);
}

Test(mustache, passes_the_files_of_the_specification_where_they_are_at_hand)
{
    const char *list = getenv("METERPOST_MUSTACHE_SPEC");
    char *paths = strdup(list == NULL ? "" : list), *rest = paths, *path;
    size_t n = 0;

    while ((path = strtok_r(rest, ":", &rest)) != NULL)
        n += run_file(path);
    if (n > 0)
        fprintf(stderr, "%zu tests of the specification\n", n);
    free(paths);
}

Test(mustache, a_wrong_template_is_refused_with_its_place)
{
    static const struct {
        const char *text, *want;
    } cases[] = {
        {"a\n b {{#lines}}\nc",
         "line 2, column 4: {{#lines}} is never ended by {{/lines}}"},
        {"{{^a}}", "line 1, column 1: {{^a}} is never ended by {{/a}}"},
        {"x{{/a}}", "line 1, column 2: {{/a}} ends a section that was never begun"},
        {"{{#a}}{{#b}}{{/a}}{{/b}}", "line 1, column 13: {{/a}} where {{/b}} is due"},
        {"余额{{name", "line 1, column 3: this tag is opened and never closed by }}"},
        {"{{", "line 1, column 1: this tag is opened and never closed by }}"},
        {"{{{a}}", "line 1, column 1: this tag is opened and never closed by }}"},
        {"{{}}", "line 1, column 1: a tag without a name"},
        {"{{# }}", "line 1, column 1: a tag without a name"},
        {"{{first name}}", "line 1, column 1: 'first name': a name has no spaces in it"},
        {"{{a..b}}",
         "line 1, column 1: 'a..b': dots stand between words, as in account.name"},
        {"{{.a}}", "line 1, column 1: '.a': dots stand between words, as in account.name"},
        {"{{a.}}", "line 1, column 1: 'a.': dots stand between words, as in account.name"},
        {"{{=<% =}}",
         "line 1, column 1: new delimiters are two words without '=', as in {{=<% %>=}}"},
        {"{{=a b c=}}",
         "line 1, column 1: new delimiters are two words without '=', as in {{=<% %>=}}"},
        {"{{=a= b=}}",
         "line 1, column 1: new delimiters are two words without '=', as in {{=<% %>=}}"},
        {"{{=<% %>=}}<%a", "line 1, column 12: this tag is opened and never closed by %>"},
        {"{{<page}}",
         "line 1, column 1: {{<page}}: templates do not inherit here, use a partial"},
        {"\xff", "the template is not UTF-8: save it as UTF-8"},
    };

    for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
        char *got;
        bool ok = fill(cases[i].text, NULL, NULL, (struct mustache_how){0}, &got);

        cr_expect(!ok, "%s", cases[i].text);
        cr_expect_str_eq(got, cases[i].want, "%s: got '%s', want '%s'", cases[i].text, got,
                         cases[i].want);
        free(got);
    }
}

static char *
fill_json(const char *text, const char *data, const char *partials, struct mustache_how how)
{
    json_t *d = json_loads(data, JSON_DECODE_ANY, NULL);
    json_t *p = json_loads(partials, 0, NULL);
    char *got;

    cr_assert(d != NULL && p != NULL, "%s | %s", data, partials);
    fill(text, d, p, how, &got);
    json_decref(d);
    json_decref(p);
    return got;
}

Test(mustache, what_cannot_be_rendered_is_refused_with_its_place)
{
    static const struct {
        const char *text, *data, *partials, *want;
        struct mustache_how how;
    } cases[] = {
        {"{{a}}", "{}", "{}", "line 1, column 1: there is no {{a}}", {.strict = true}},
        {"{{#a}}x{{/a}}{{^a}}y{{/a}}", "{}", "{}", "y", {.strict = true}},
        {"({{a}})", "{\"a\":null}", "{}", "()", {.strict = true}},
        {" {{a}}",
         "{\"a\":[1]}",
         "{}",
         "line 1, column 2: {{a}} is a list and cannot be printed: use {{#a}} ... {{/a}}",
         {0}},
        {"{{.}}",
         "{}",
         "{}",
         "line 1, column 1: {{.}} is an object and cannot be printed: use {{#.}} ... "
         "{{/.}}",
         {0}},
        {"{{#l}}1234{{/l}}",
         "{\"l\":[1,2,3]}",
         "{}",
         "the output is longer than 11 bytes",
         {.output_max = 11}},
        {"{{#l}}1234{{/l}}", "{\"l\":[1,2,3]}", "{}", "123412341234", {.output_max = 12}},
        {"{{>a}}",
         "{}",
         "{\"a\":\"\\n{{>a}}\"}",
         "a:2:1: {{a}}: more than 32 sections and partials in each other",
         {0}},
        {"{{>a}}",
         "{}",
         "{\"a\":\"{{#b}}\"}",
         "a:1:1: {{#b}} is never ended by {{/b}}",
         {0}},
        {"{{{a}}}{{a}}",
         "{\"a\":\"<\\\"'&>\"}",
         "{}",
         "<\"'&>&lt;&quot;&#39;&amp;&gt;",
         {0}},
        {"{{a}}", "{\"a\":\"<\\\"'&>\"}", "{}", "<\"'&>", {.plain = true}},
    };

    for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
        char *got =
            fill_json(cases[i].text, cases[i].data, cases[i].partials, cases[i].how);

        cr_expect_str_eq(got, cases[i].want, "%s: got '%s', want '%s'", cases[i].text, got,
                         cases[i].want);
        free(got);
    }
}

Test(mustache, lists_in_lists_that_print_nothing_end_too)
{
    char text[1024] = "", *got;
    json_t *list = json_array(), *data = json_object();

    for (int i = 0; i < 1000; i++)
        json_array_append_new(list, json_true());
    json_object_set_new(data, "l", list);
    for (int i = 0; i < 30; i++)
        strcat(text, "{{#l}}");
    for (int i = 0; i < 30; i++)
        strcat(text, "{{/l}}");
    cr_expect(!fill(text, data, NULL, (struct mustache_how){0}, &got));
    cr_expect(strstr(got, "goes on for too long") != NULL, "%s", got);
    free(got);
    json_decref(data);
}

Test(mustache, sections_are_nested_32_deep_and_no_deeper)
{
    for (int depth = 32; depth <= 33; depth++) {
        char text[1024] = "", *got;
        bool ok;

        for (int i = 0; i < depth; i++)
            strcat(text, "{{#.}}");
        strcat(text, "{{.}}");
        for (int i = 0; i < depth; i++)
            strcat(text, "{{/.}}");
        json_t *data = json_integer(7);

        ok = fill(text, data, NULL, (struct mustache_how){0}, &got);
        cr_expect_eq(ok, depth == 32, "%d: %s", depth, got);
        free(got);
        json_decref(data);
    }
}

Test(mustache, a_template_beyond_256_kib_is_refused)
{
    static char text[MUSTACHE_TEMPLATE_MAX + 1];
    struct mustache *m;
    struct err e;

    memset(text, 'a', sizeof(text));
    cr_expect(!mustache_compile("big", text, sizeof(text), &m, &e));
    cr_expect_str_eq(e.text, "big is longer than 262144 bytes");
    cr_expect_null(m);
    cr_expect(mustache_compile("big", text, sizeof(text) - 1, &m, &e));
    mustache_destroy(m);
}

Test(mustache, decimals_print_as_short_as_they_can_be_read_back)
{
    static const struct {
        const char *number, *want;
    } cases[] = {
        {"1.21", "1.21"},
        {"0.1", "0.1"},
        {"100.0", "100"},
        {"-2.50", "-2.5"},
        {"123456.75", "123456.75"},
        {"1e5", "100000"},
        {"1.5e-3", "0.0015"},
        {"0.30000000000000004", "0.30000000000000004"},
        {"1e300", "1e+300"},
        {"1e-9", "1e-09"},
        {"0.0", "0"},
        {"-7", "-7"},
        {"9007199254740993", "9007199254740993"},
    };

    for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
        char *got = fill_json("{{.}}", cases[i].number, "{}", (struct mustache_how){0});

        cr_expect_str_eq(got, cases[i].want, "%s: got %s", cases[i].number, got);
        free(got);
    }
}

Test(mustache, null_false_zero_and_empty_are_no_reason_for_a_section)
{
    static const struct {
        const char *value, *want;
    } cases[] = {
        {"null", "no"}, {"false", "no"},  {"0", "no"},    {"0.0", "no"},
        {"\"\"", "no"}, {"[]", "no"},     {"{}", "yes"},  {"1", "yes"},
        {"0.1", "yes"}, {"\"0\"", "yes"}, {"[0]", "yes"}, {"true", "yes"},
    };

    for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
        char data[64];
        char *got;

        snprintf(data, sizeof(data), "{\"v\": %s}", cases[i].value);
        got = fill_json("{{#v}}yes{{/v}}{{^v}}no{{/v}}", data, "{}",
                        (struct mustache_how){0});
        cr_expect_str_eq(got, cases[i].want, "%s: got %s", cases[i].value, got);
        free(got);
    }
}

static void
note_fault(void *arg, const char *text)
{
    char *all = arg;

    cr_assert(strlen(all) + strlen(text) + 2 < 2000);
    strcat(strcat(all, text), "\n");
}

static int
faults_of(const char *text, const char *sample, const char *partials, char *all)
{
    struct shelf shelf = {.texts = json_loads(partials, 0, NULL)};
    struct mustache_how how = {.partial = shelf_find, .arg = &shelf};
    json_t *view = json_loads(sample, 0, NULL);
    struct mustache *m;
    struct err e;
    int n;

    cr_assert(mustache_compile("t", text, strlen(text), &m, &e), "%s", e.text);
    n = mustache_check(m, view, &how, note_fault, all);
    mustache_destroy(m);
    shelf_empty(&shelf);
    json_decref((json_t *)shelf.texts);
    json_decref(view);
    return n;
}

Test(mustache, a_check_names_every_unknown_field_in_every_branch)
{
    char all[2000] = "";
    int n = faults_of(
        "{{name}} {{nam}}\n{{#lines}}{{qty}}{{rate}}{{/lines}}"
        "{{^lines}}{{none}}{{/lines}}\n{{#no}}{{x}}{{/no}}{{>p}}{{>q}}{{lines}}",
        "{\"name\": null, \"lines\": [{\"qty\": 1}]}", "{\"p\": \"{{name}} {{y}}\"}", all);

    cr_expect_eq(n, 7, "%d", n);
    cr_expect_str_eq(all, "t:1:10: there is no field {{nam}}\n"
                          "t:2:18: there is no field {{rate}}\n"
                          "t:2:46: there is no field {{none}}\n"
                          "t:3:1: there is no field {{no}}\n"
                          "p:1:10: there is no field {{y}}\n"
                          "t:3:26: there is no partial {{> q}}\n"
                          "t:3:32: {{lines}} is a list and cannot be printed\n");
}

Test(mustache, a_check_of_a_good_template_tells_nothing)
{
    char all[2000] = "";

    cr_expect_eq(faults_of("{{#a}}{{.}}{{b.c}}{{/a}}{{>tree}}",
                           "{\"a\": [1], \"b\": {\"c\": 2}, \"kids\": [{\"kids\": []}]}",
                           "{\"tree\": \"<{{#kids}}{{>tree}}{{/kids}}>\"}", all),
                 0, "%s", all);
}

Test(mustache, compiled_once_it_renders_many_views)
{
    const char *text = "{{#n}}[{{.}}]{{/n}}";
    struct mustache *m;
    struct err e;

    cr_assert(mustache_compile("t", text, strlen(text), &m, &e));
    for (int i = 1; i < 1000; i++) {
        json_t *view = json_pack("{s:i}", "n", i);
        char *got, want[16];
        size_t n;

        cr_assert(mustache_render(m, view, NULL, &got, &n, &e), "%s", e.text);
        snprintf(want, sizeof(want), "[%d]", i);
        cr_expect_str_eq(got, want);
        cr_expect_eq(n, strlen(want));
        free(got);
        json_decref(view);
    }
    mustache_destroy(m);
}
