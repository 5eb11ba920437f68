#include "meterpost/base/err.h"
#include "meterpost/base/log.h"
#include "meterpost/base/text.h"

#include <criterion/criterion.h>
#include <criterion/redirect.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>

Test(err, a_reason_grows_at_its_front)
{
    struct err e;

    cr_expect_not(err_set(&e, FAIL_RETRY, "%s", "No such file"));
    cr_expect_not(err_in(&e, "open %s", "/nowhere"));
    cr_expect_not(err_in(&e, "modem sim%d", 1));
    cr_expect_str_eq(e.text, "modem sim1: open /nowhere: No such file");
    cr_expect_eq(e.kind, FAIL_RETRY);
    cr_expect_str_eq(err_kind_name(FAIL_RETRY), "retry");
    cr_expect_str_eq(err_kind_name(FAIL_REJECT), "reject");
    cr_expect_str_eq(err_kind_name(FAIL_FATAL), "fatal");
}

Test(err, a_long_reason_loses_its_end)
{
    struct err e;
    char text[2 * ERR_TEXT_MAX];

    memset(text, 'x', sizeof(text));
    text[sizeof(text) - 1] = '\0';
    err_set(&e, FAIL_REJECT, "%s", text);
    cr_expect_eq(strlen(e.text), ERR_TEXT_MAX - 1);
    err_in(&e, "where");
    cr_expect_eq(strlen(e.text), ERR_TEXT_MAX - 1);
    cr_expect(strncmp(e.text, "where: xxx", 10) == 0);
    err_in(&e, "%s", text);
    cr_expect_eq(strlen(e.text), ERR_TEXT_MAX - 1);
}

Test(err, a_reason_is_always_utf8)
{
    struct err e;
    char text[2 * ERR_TEXT_MAX] = "";

    err_set(&e, FAIL_REJECT, "'%.2s' is no name", "a\xc3\xa9");
    cr_expect_str_eq(e.text, "'a\xef\xbf\xbd' is no name");
    for (size_t i = 0; i + 3 < sizeof(text); i += 3)
        memcpy(text + i, "\xe4\xb8\xad", 4);
    err_set(&e, FAIL_REJECT, "%s", text);
    cr_expect(utf8_valid(e.text, strlen(e.text)));
    cr_expect_geq(strlen(e.text), ERR_TEXT_MAX - 4);
    err_in(&e, "here");
    cr_expect(utf8_valid(e.text, strlen(e.text)));
}

Test(log, lines_have_level_and_who_and_no_control_characters, .init = cr_redirect_stderr)
{
    unsetenv("JOURNAL_STREAM");
    errno = EAGAIN;
    log_warn("sim1", "got '%s'", "a\x1b[2J\nb");
    log_debug("sim1", "not written");
    cr_expect_eq(errno, EAGAIN, "errno is preserved");
    log_set_level(LOG_LEVEL_ERROR);
    log_info("sim1", "not written either");
    log_error("sim1", "outbox=%d", 7);
    fflush(stderr);
    cr_expect_stderr_eq_str("warn: sim1: got 'a [2J b'\nerror: sim1: outbox=7\n");
}

Test(log, the_journal_gets_its_prefixes, .init = cr_redirect_stderr)
{
    setenv("JOURNAL_STREAM", "8:1", 1);
    log_set_level(LOG_LEVEL_DEBUG);
    log_error("a", "1");
    log_warn("a", "2");
    log_info("a", "3");
    log_debug("a", "4");
    fflush(stderr);
    cr_expect_stderr_eq_str("<3>a: 1\n<4>a: 2\n<6>a: 3\n<7>a: 4\n");
}

Test(log, a_trouble_that_lasts_is_said_less_and_less)
{
    struct trouble t = {0};
    unsigned said = 0;

    for (int i = 0; i < 1000; i++)
        said += trouble_again(&t);
    cr_expect_eq(said, 10, "1, 2, 4 ... 512");
    cr_expect_eq(trouble_over(&t), 1000);
    cr_expect_eq(trouble_over(&t), 0);
    cr_expect(trouble_again(&t));
}
