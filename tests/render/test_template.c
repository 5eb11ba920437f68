#include "meterpost/base/text.h"
#include "meterpost/render/template.h"

#include <criterion/criterion.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static char dir[64];

static void
folder_begin(void)
{
    strcpy(dir, "/tmp/meterpost-templates-XXXXXX");
    cr_assert_not_null(mkdtemp(dir));
}

static void
folder_end(void)
{
    char command[128];

    snprintf(command, sizeof(command), "rm -r '%s'", dir);
    cr_expect_eq(system(command), 0);
}

static void
put(const char *name, const char *text)
{
    char path[256], *slash;
    FILE *f;

    snprintf(path, sizeof(path), "%s/%s", dir, name);
    slash = strrchr(path, '/');
    *slash = '\0';
    mkdir(path, 0700);
    *slash = '/';
    f = fopen(path, "w");
    cr_assert_not_null(f, "%s", path);
    fputs(text, f);
    fclose(f);
}

static struct templates *
opened(const char *path, const char *language)
{
    struct templates *t;
    struct err e;

    cr_assert(templates_open(path, language, &t, &e), "%s", e.text);
    return t;
}

/* The filled template, or the reason why there is none. The caller frees it. */
static char *
filled(const struct templates *t, const char *language, const char *name, const char *view)
{
    json_t *v = json_loads(view, 0, NULL);
    struct err e;
    char *text;

    cr_assert_not_null(v, "%s", view);
    if (!templates_render(t, language, name, v, &text, &e))
        text = strdup(e.text);
    json_decref(v);
    return text;
}

static void
expect_filled(const struct templates *t, const char *language, const char *name,
              const char *view, const char *want)
{
    char *got = filled(t, language, name, view);

    cr_expect_str_eq(got, want, "%s %s: got '%s', want '%s'", language, name, got, want);
    free(got);
}

Test(template, is_found_by_language_name_and_kind, .init = folder_begin, .fini = folder_end)
{
    struct templates *t;

    put("en/due.sms.mustache", "\xEF\xBB\xBF due {{x}} & {{> sign}}\n\n");
    put("en/due.html.mustache", "<b>{{x}}</b>{{> sign}}");
    put("en/sign.sms.mustache", "bye\n");
    put("zh/due.sms.mustache", "欠{{x}}");
    put("en/only.txt.mustache", "a\t{{x}}\n");
    put("shared/sign.html.mustache", "<i>{{x}}</i>");
    put("en/notes.txt", "{{not a template");
    put("samples/due.json", "{}");
    t = opened(dir, "en");
    expect_filled(t, "en", "due.sms", "{\"x\": \"<1>\"}", "due <1> & bye");
    expect_filled(t, "en", "due.html", "{\"x\": \"<1>\"}",
                  "<b>&lt;1&gt;</b><i>&lt;1&gt;</i>");
    expect_filled(t, "zh", "due.sms", "{\"x\": 1}", "欠1");
    expect_filled(t, "zh-Hans", "due.sms", "{\"x\": 1}", "欠1");
    expect_filled(t, "sw", "due.sms", "{\"x\": 1}", "due 1 & bye");
    cr_expect_str_eq(templates_language(t, "zh-Hans", "due.sms"), "zh");
    cr_expect_str_eq(templates_language(t, "zh", "only.txt"), "en");
    cr_expect_null(templates_language(t, "en", "none.sms"));
    templates_close(t);
}

Test(template, a_field_that_the_view_lacks_is_an_error, .init = folder_begin,
     .fini = folder_end)
{
    struct templates *t;
    char want[256];

    put("en/due.sms.mustache", "due {{x}}");
    t = opened(dir, "en");
    snprintf(want, sizeof(want), "%s/en/due.sms.mustache:1:5: there is no {{x}}", dir);
    expect_filled(t, "en", "due.sms", "{\"y\": 1}", want);
    snprintf(want, sizeof(want), "there is no template %s/en/none.sms.mustache", dir);
    expect_filled(t, "en", "none.sms", "{}", want);
    templates_close(t);
}

Test(template, a_folder_with_a_wrong_file_is_refused_with_its_place, .init = folder_begin,
     .fini = folder_end)
{
    static const struct {
        const char *file, *text, *want; /* %s is the folder */
    } cases[] = {
        {"en/a.sms.mustache", "x\n{{#y}}",
         "%s/en/a.sms.mustache:2:1: {{#y}} is never ended by {{/y}}"},
        {"en/a.mustache", "x",
         "%s/en/a.mustache: templates are called NAME.sms.mustache, NAME.txt.mustache or "
         "NAME.html.mustache"},
        {"en/a.pdf.mustache", "x",
         "%s/en/a.pdf.mustache: templates are called NAME.sms.mustache, NAME.txt.mustache "
         "or "
         "NAME.html.mustache"},
        {"zh/a.sms.mustache", "x",
         "templates: %s has no folder 'en': make one or choose another utility.language"},
    };

    for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
        struct templates *t;
        struct err e;
        char want[256], path[256];

        put(cases[i].file, cases[i].text);
        snprintf(want, sizeof(want), cases[i].want, dir);
        cr_expect(!templates_open(dir, "en", &t, &e));
        cr_expect_str_eq(e.text, want, "got '%s', want '%s'", e.text, want);
        snprintf(path, sizeof(path), "%s/%s", dir, cases[i].file);
        unlink(path);
        *strrchr(path, '/') = '\0';
        rmdir(path);
    }
}

static void
note_fault(void *arg, const char *text)
{
    struct text *all = arg;

    text_add(all, text + strlen(dir));
    text_add(all, "\n");
}

Test(template, a_check_tries_every_template_with_its_sample, .init = folder_begin,
     .fini = folder_end)
{
    struct templates *t;
    struct text all;
    char buffer[1000];

    text_init(&all, buffer, sizeof(buffer));
    put("en/a.sms.mustache", "{{x}} {{> part}}");
    put("en/part.sms.mustache", "{{y}} {{z}}");
    put("zh/a.sms.mustache", "{{x}}");
    put("en/b.txt.mustache", "{{x}}");
    put("samples/a.json", "{\"x\": 1, \"y\": 2}");
    put("samples/a.zh.json", "{\"y\": 1}");
    put("samples/b.json", "{\"x\": 1,,}");
    t = opened(dir, "en");
    cr_expect_eq(templates_check(t, note_fault, &all), 3);
    cr_expect_str_eq(all.at,
                     "/en/part.sms.mustache:1:7: there is no field {{z}}\n"
                     "/samples/b.json:1:9: string or '}' expected near ','\n"
                     "/zh/a.sms.mustache:1:1: there is no field {{x}}\n",
                     "%s", all.at);
    templates_close(t);
}

Test(template, a_check_finds_what_never_ends, .init = folder_begin, .fini = folder_end)
{
    struct templates *t;
    struct text all;
    char buffer[1000];

    text_init(&all, buffer, sizeof(buffer));
    put("en/a.sms.mustache", "{{> a}}");
    put("en/b.sms.mustache", "{{#x}}{{> b}}{{/x}}");
    put("en/tree.sms.mustache", "{{name}}{{#below}}{{> tree}}{{/below}}");
    put("samples/a.json", "{}");
    put("samples/b.json", "{\"x\": {}}");
    put("samples/tree.json", "{\"name\": 1, \"below\": [{\"name\": 2, \"below\": []}]}");
    t = opened(dir, "en");
    cr_expect_eq(templates_check(t, note_fault, &all), 2);
    cr_expect_str_eq(all.at,
                     "/en/a.sms.mustache:1:1: {{a}}: more than 32 sections and partials "
                     "in each other\n"
                     "/en/b.sms.mustache:1:1: {{x}}: more than 32 sections and partials "
                     "in each other\n",
                     "%s", all.at);
    templates_close(t);
}

Test(template, text_pages_have_columns, .init = folder_begin, .fini = folder_end)
{
    static const struct {
        const char *in, *want;
    } cases[] = {
        {"plain\n", "plain\n"},
        {"a\tb\n",
         "a"
         "                                                                              "
         "b\n"},
        {"水\t元\n",
         "水"
         "                                                                            "
         "元\n"},
        {"a\tbb\tccc\nd", "a                                                           bb"
                          "               ccc\nd"},
        {"a \t \n", "a\n"},
        {"\n\n", "\n\n"},
        {"a cell so long that it leaves no room for the one that is to stand behind it "
         "all\tx",
         "a cell so long that it leaves no room for the one that is to stand behind it all "
         " x"},
    };
    struct templates *t;

    for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
        put("en/a.txt.mustache", cases[i].in);
        t = opened(dir, "en");
        expect_filled(t, "en", "a.txt", "{}", cases[i].want);
        templates_close(t);
    }
}

Test(template, a_file_alone_takes_the_partials_beside_it, .init = folder_begin,
     .fini = folder_end)
{
    char path[256], *text;
    struct err e;
    json_t *view = json_pack("{s:s}", "x", "<1>");

    put("en/a.html.mustache", "{{x}}{{> b}}{{> c}}{{> none}}{{> ../en/b}}{{none}}");
    put("en/b.html.mustache", "+{{> c}}");
    put("shared/c.html.mustache", "-");
    snprintf(path, sizeof(path), "%s/en/a.html.mustache", dir);
    cr_assert(template_render_file(path, view, &text, &e), "%s", e.text);
    cr_expect_str_eq(text, "&lt;1&gt;+--");
    free(text);
    put("en/a.sms.mustache", "{{x}}\n");
    snprintf(path, sizeof(path), "%s/en/a.sms.mustache", dir);
    cr_assert(template_render_file(path, view, &text, &e), "%s", e.text);
    cr_expect_str_eq(text, "<1>");
    free(text);
    snprintf(path, sizeof(path), "%s/en/none.sms.mustache", dir);
    cr_expect(!template_render_file(path, view, &text, &e));
    cr_expect(strstr(e.text, "No such file") != NULL, "%s", e.text);
    json_decref(view);
}

Test(template, try_answers_json_with_json)
{
    static const struct {
        const char *in, *want;
    } cases[] = {
        {"{\"template\": \"{{a}} {{{a}}}\", \"data\": {\"a\": \"<\"}}",
         "{\"text\":\"&lt; <\"}"},
        {"{\"template\": \"{{> p}}\", \"data\": {\"a\": 1}, \"partials\": {\"p\": "
         "\"[{{a}}]\"}}",
         "{\"text\":\"[1]\"}"},
        {"{\"template\": \"{{.}}\", \"data\": 1.21}", "{\"text\":\"1.21\"}"},
        {"{\"template\": \"\", \"data\": null}", "{\"text\":\"\"}"},
        {"{\"template\": \"{{#a}}\", \"data\": {}}",
         "{\"error\":\"template:1:1: {{#a}} is never ended by {{/a}}\"}"},
        {"{\"template\": \"\", \"data\": {}, \"partials\": {\"p\": \"{{\"}}",
         "{\"error\":\"p:1:1: this tag is opened and never closed by }}\"}"},
        {"{\"template\": 1, \"data\": {}}", "{\"error\":\"template: a text is expected\"}"},
        {"{\"template\": \"x\"}",
         "{\"error\":\"data: the values for the template are expected\"}"},
        {"{\"template\": \"x\", \"data\": {}, \"partials\": {\"p\": 1}}",
         "{\"error\":\"partials: 'p' is no text\"}"},
        {"{\"template\": \"x\", \"data\": {}, \"partials\": []}",
         "{\"error\":\"partials: an object of texts is expected\"}"},
        {"[]", "{\"error\":\"an object with template and data is expected\"}"},
    };

    for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
        json_t *in = json_loads(cases[i].in, 0, NULL), *out = template_try(in);
        char *got = json_dumps(out, JSON_COMPACT);

        cr_expect_str_eq(got, cases[i].want, "%s: got %s", cases[i].in, got);
        free(got);
        json_decref(in);
        json_decref(out);
    }
}

Test(template, a_try_never_answers_with_half_a_character)
{
    char text[2000] = "{{ ";
    json_t *in, *out;

    for (int i = 0; i < 400; i++)
        strcat(text, i == 200 ? "余 " : "余");
    strcat(text, "}}");
    in = json_pack("{s:s,s:{}}", "template", text, "data");
    out = template_try(in);
    cr_expect_not_null(json_object_get(out, "error"));
    json_decref(in);
    json_decref(out);
}

static void
note_longest(void *arg, const char *language, const char *name, const char *text)
{
    char *found = arg;

    (void)language;
    if (strcmp(name, "bill.sms") == 0)
        snprintf(found, 400, "%s", text);
}

Test(template, texts_are_filled_with_the_longest_values_that_may_stand_there)
{
    struct templates *t;
    char found[400] = "";
    struct err e;

    cr_assert(templates_open(TOP "/templates", "en", &t, &e), "%s", e.text);
    templates_longest(t, note_longest, found);
    cr_expect(strstr(found, "9,999,999.00") != NULL, "%s", found);
    templates_close(t);
}
