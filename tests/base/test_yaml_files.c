#include "meterpost/base/yaml.h"

#include <criterion/criterion.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static char folder[] = "/tmp/meterpost-files-XXXXXX";

static void
touch(const char *name)
{
    char path[100];
    FILE *f;

    snprintf(path, sizeof(path), "%s/%s", folder, name);
    f = fopen(path, "we");
    cr_assert_not_null(f);
    fclose(f);
}

static void
set_up(void)
{
    cr_assert_not_null(mkdtemp(folder));
}

static void
tear_down(void)
{
    char command[100];

    snprintf(command, sizeof(command), "rm -r %s", folder);
    cr_expect_eq(system(command), 0);
}

TestSuite(yaml_files, .init = set_up, .fini = tear_down);

Test(yaml_files, are_found_by_name_and_no_others)
{
    struct problems p = {0};
    struct yaml_files files;

    touch("b.yaml");
    touch("a.yaml");
    touch(".swap.yaml");
    touch("README.md");
    touch("yaml");
    cr_assert(yaml_files_find(folder, false, &files, &p));
    cr_assert_eq(files.n, 2);
    cr_expect_str_eq(files.paths[0] + strlen(folder), "/a.yaml");
    cr_expect_str_eq(files.paths[1] + strlen(folder), "/b.yaml");
    yaml_files_free(&files);
    problems_free(&p);
}

Test(yaml_files, a_folder_that_is_not_there_may_be_left_out_where_it_is_optional)
{
    struct problems p = {0};
    struct yaml_files files;
    char away[100], name[20];

    snprintf(away, sizeof(away), "%s/away", folder);
    cr_expect(yaml_files_find(away, true, &files, &p) && files.n == 0);
    yaml_files_free(&files);
    cr_expect_not(yaml_files_find(away, false, &files, &p));
    touch("file");
    snprintf(away, sizeof(away), "%s/file", folder);
    cr_expect_not(yaml_files_find(away, true, &files, &p), "a file is no folder");
    for (int i = 0; i <= YAML_FILES_MAX; i++) {
        snprintf(name, sizeof(name), "%d.yaml", i);
        touch(name);
    }
    cr_expect_not(yaml_files_find(folder, true, &files, &p));
    cr_expect_str_eq(p.at[2].text, "expected at most 500 files, got 501");
    problems_free(&p);
}
