#include "meterpost/control/frame.h"
#include "meterpost/control/lock.h"

#include <criterion/criterion.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static struct err e;

static void
put(struct bytes *b, const void *from, size_t n)
{
    uint8_t *to = bytes_room(b, n);

    cr_assert_not_null(to);
    memcpy(to, from, n);
    b->used += n;
}

Test(frame, what_was_put_in_comes_out_however_it_is_cut)
{
    struct bytes from = {0}, to = {0};
    json_t *object = json_pack("{s:s, s:i}", "verb", "status", "n", 7), *got;

    cr_assert(frame_add(&from, object, &e) && frame_add(&from, object, &e), "%s", e.text);
    for (int seen = 0; seen < 2; seen++) {
        got = NULL;
        while (got == NULL) {
            cr_assert_gt(from.used, 0);
            put(&to, from.at, 1);
            bytes_drop(&from, 1);
            cr_assert(frame_take(&to, &got, &e), "%s", e.text);
        }
        cr_expect(json_equal(got, object));
        json_decref(got);
    }
    cr_expect_eq(to.used, 0);
    json_decref(object);
    bytes_free(&to);
}

Test(frame, what_is_no_object_is_refused)
{
    static const struct {
        const char *bytes;
        size_t n;
    } bad[] = {
        {"\xff\xff\xff\xff", 4},
        {"\x02\x00\x00\x01{", 5},
        {"\0\0\0\x02[]", 6},
        {"\0\0\0\x03nul", 7},
        {"\0\0\0\0", 4},
        {"\0\0\0\x05{\"a\":", 9},
        {"\0\0\0\x0d{\"a\":1,\"a\":2}", 17},
    };

    for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
        struct bytes b = {0};
        json_t *got;

        put(&b, bad[i].bytes, bad[i].n);
        cr_expect_not(frame_take(&b, &got, &e), "case %zu was taken", i);
        cr_expect_null(got);
        cr_expect_eq(e.kind, FAIL_REJECT);
        bytes_free(&b);
    }
}

Test(frame, an_error_keeps_its_kind_and_text)
{
    static const enum err_kind kinds[] = {FAIL_RETRY, FAIL_REJECT, FAIL_FATAL};

    for (size_t i = 0; i < 3; i++) {
        struct err in, out;
        json_t *frame;

        err_set(&in, kinds[i], "no meter %d", 7);
        frame = frame_error(&in);
        cr_expect_not(frame_error_read(json_object_get(frame, "error"), &out));
        cr_expect_eq(out.kind, in.kind);
        cr_expect_str_eq(out.text, "no meter 7");
        json_decref(frame);
    }
    cr_expect_not(frame_error_read(NULL, &e));
    cr_expect_eq(e.kind, FAIL_FATAL);
}

Test(lock, one_holds_it_and_the_next_is_told_who)
{
    char dir[] = "/tmp/meterpost-lock-XXXXXX", run[80], file[100], pid[16];
    int first, second;

    cr_assert_not_null(mkdtemp(dir));
    snprintf(run, sizeof(run), "%s/run", dir);
    cr_assert(lock_take(run, &first, &e), "%s", e.text);
    cr_expect_not(lock_take(run, &second, &e));
    cr_expect_eq(e.kind, FAIL_RETRY);
    snprintf(pid, sizeof(pid), "%d", (int)getpid());
    cr_expect(strstr(e.text, pid) != NULL, "%s", e.text);
    lock_drop(first);
    cr_expect(lock_take(run, &second, &e), "%s", e.text);
    lock_drop(second);
    snprintf(file, sizeof(file), "%s/lock", run);
    unlink(file);
    rmdir(run);
    rmdir(dir);
}
