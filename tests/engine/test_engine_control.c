/* Clients of the control socket, the lock, and files that are read again. */
#include "engine/one_modem.h"

Test(engine, a_second_engine_is_refused_with_a_sentence)
{
    static struct engine second;

    open_engine();
    snprintf(second.worker_path, sizeof(second.worker_path), "/nonexistent/worker");
    cr_expect_not(engine_open(&second, config, &e));
    cr_expect(strstr(e.text, "holds the lock") != NULL, "%s", e.text);
}

/* Ask as the command line does, in a process of its own; its exit status. */
static int
ask(const char *verb)
{
    struct control_client *c;
    json_t *answered = NULL;
    char run[80];
    bool good;

    snprintf(run, sizeof(run), "%s/run", dir);
    if (!control_connect(run, &c, &e))
        return 10;
    good = control_ask(c, verb, NULL, "test", NULL, NULL, &answered, &e);
    if (good && json_is_array(json_object_get(answered, "modems")))
        return 0;
    return good ? 11 : (int)e.kind + 1;
}

Test(engine, clients_are_answered_over_the_control_socket)
{
    static const struct {
        const char *verb;
        int want;
    } cases[] = {{"status", 0}, {"no.such.verb", FAIL_REJECT + 1}};

    open_engine();
    for (size_t i = 0; i < 2; i++) {
        struct pollfd answered = {.events = POLLIN};
        int64_t until;
        int out[2];
        char status = 99;

        cr_assert_eq(pipe(out), 0);
        answered.fd = out[0];
        if (fork() == 0) {
            status = (char)ask(cases[i].verb);
            _exit(write(out[1], &status, 1) == 1 ? 0 : 1);
        }
        close(out[1]);
        until = clock_mono_ms() + PATIENCE_MS;
        while (poll(&answered, 1, 0) == 0 && clock_mono_ms() < until)
            rounds(1);
        cr_assert_eq(read(out[0], &status, 1), 1);
        cr_expect_eq(status, cases[i].want, "%s: got %d, want %d", cases[i].verb, status,
                     cases[i].want);
        close(out[0]);
    }
}

static int
connect_raw(void)
{
    struct sockaddr_un to = {.sun_family = AF_UNIX};
    int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);

    snprintf(to.sun_path, sizeof(to.sun_path), "%s/run/control.sock", dir);
    cr_assert_eq(connect(fd, (struct sockaddr *)&to, sizeof(to)), 0);
    return fd;
}

Test(engine, a_client_that_talks_nonsense_is_told_and_sent_away)
{
    static const struct {
        const char *bytes;
        size_t n;
    } bad[] = {{"GET / HTTP/1.1\r\n\r\n", 18},
               {"\xff\xff\xff\xff", 4},
               {"\0\0\0\2[]", 6},
               {"\0\0\0\4nul", 8}};
    char answered[500];

    open_engine();
    for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
        int fd = connect_raw();
        ssize_t n;

        cr_assert_eq(send(fd, bad[i].bytes, bad[i].n, 0), (ssize_t)bad[i].n);
        rounds(4);
        n = recv(fd, answered, sizeof(answered), MSG_DONTWAIT);
        cr_expect_gt(n, 4, "case %zu: no answer", i);
        cr_expect_eq(recv(fd, answered, sizeof(answered), MSG_DONTWAIT), 0,
                     "case %zu: still connected", i);
        close(fd);
    }
}

Test(engine, clients_that_say_nothing_leave_room_for_others)
{
    int fds[20];

    open_engine();
    for (int i = 0; i < 20; i++) {
        fds[i] = connect_raw();
        rounds(1);
    }
    for (int i = 0; i < 20; i++)
        close(fds[i]);
    rounds(3);
    fds[0] = connect_raw();
    rounds(2);
    cr_expect_eq(recv(fds[0], &(char){0}, 1, MSG_DONTWAIT), -1, "it was sent away");
    close(fds[0]);
}

Test(engine, a_bad_file_on_reload_leaves_the_old_settings)
{
    FILE *f;

    open_engine();
    f = fopen(config, "a");
    fputs("nonsense: true\n", f);
    fclose(f);
    raise(SIGHUP);
    rounds(2);
    cr_expect_eq(en.desk->conf->modems[0].rate.count, 600);
    write_config("7/min");
    raise(SIGHUP);
    rounds(2);
    cr_expect_eq(en.desk->conf->modems[0].rate.count, 7);
}
