/*
 * Lines and slaves that are not ours: libmodbus as a Modbus RTU slave and TCP server, socat
 * as a serial server, a terminal that dials in.
 */
#include "wires.h"

#include "meterpost/base/text.h"
#include "meterpost/protocol/dlt645.h"

#include <arpa/inet.h>
#include <errno.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <modbus.h>
#include <netinet/in.h>
#include <signal.h>
#include <stddef.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#define REGISTERS 0x400
#define UNIT      9

static pid_t children[4];
static int n_children;

static void
finish(void)
{
    for (int i = 0; i < n_children; i++) {
        kill(children[i], SIGKILL);
        waitpid(children[i], NULL, 0);
    }
    wires_close();
}

TestSuite(wire_foreign, .init = wires_open, .fini = finish, .timeout = 60);

/* Fork; true in the child, which dies with us. */
static bool
child(void)
{
    pid_t pid = fork();

    if (pid == 0) {
        prctl(PR_SET_PDEATHSIG, SIGKILL);
        return true;
    }
    children[n_children++] = pid;
    return false;
}

static void
nap(int ms)
{
    nanosleep(&(struct timespec){.tv_sec = ms / 1000, .tv_nsec = ms % 1000 * 1000000L},
              NULL);
}

/* ---- libmodbus ---- */

/* High word first. (libmodbus' own modbus_set_float_abcd() turns the bytes round.) */
static void
put_float(uint16_t *at, float value)
{
    uint32_t bits;

    memcpy(&bits, &value, sizeof(bits));
    at[0] = (uint16_t)(bits >> 16);
    at[1] = (uint16_t)bits;
}

/* Registers of an Eastron SDM630. */
static modbus_mapping_t *
mapping(void)
{
    modbus_mapping_t *m = modbus_mapping_new(0, 0, 0, REGISTERS);

    put_float(m->tab_input_registers + 0x0048, 2468.5F);
    put_float(m->tab_input_registers + 0x0046, 50.02F);
    put_float(m->tab_input_registers + 0x0034, -505.25F);
    return m;
}

static void
serve(modbus_t *slave)
{
    modbus_mapping_t *m = mapping();
    uint8_t query[MODBUS_TCP_MAX_ADU_LENGTH];

    for (;;) {
        int n = modbus_receive(slave, query);

        if (n > 0)
            modbus_reply(slave, query, n, m);
        else if (n == -1 && errno != EMBBADCRC && errno != ETIMEDOUT)
            _exit(0);
    }
}

static void
expect_sdm(void)
{
    wires_run("eastron-sdm630", "9", BUS_READ, "");
    cr_expect_eq(w.result.outcome, BUS_OUT_DONE, "%s", w.result.reason);
    cr_expect_str_eq(wires_value("eastron-sdm630", "1-0:1.8.0"), "2468.500");
    cr_expect_str_eq(wires_value("eastron-sdm630", "1-0:14.7.0"), "50.020");
    cr_expect(w.result.requests <= 4, "%d requests", w.result.requests);
}

Test(wire_foreign, libmodbus_answers_as_a_slave_on_a_serial_line)
{
    char a[RIG_PATH_MAX], b[RIG_PATH_MAX], left[600], right[600];
    const struct timespec moment = {.tv_nsec = 50000000};

    snprintf(left, sizeof(left), "pty,raw,echo=0,link=%s", rig_path(w.rig, "left", a));
    snprintf(right, sizeof(right), "pty,raw,echo=0,link=%s", rig_path(w.rig, "right", b));
    if (child()) {
        execlp("socat", "socat", left, right, (char *)NULL);
        _exit(127);
    }
    for (int i = 0; i < 100 && (access(a, F_OK) != 0 || access(b, F_OK) != 0); i++)
        nanosleep(&moment, NULL);
    if (child()) {
        modbus_t *slave = modbus_new_rtu(b, 9600, 'N', 8, 1);

        modbus_set_slave(slave, UNIT);
        if (modbus_connect(slave) == -1)
            _exit(1);
        serve(slave);
    }
    nap(300);
    wires_line("left", 9600);
    expect_sdm();
    wires_run("eastron-sdm630", "10", BUS_READ, "");
    cr_expect_eq(w.result.outcome, BUS_OUT_SILENT, "%s", w.result.reason);
}

static void
open_device(const char *device, enum conf_protocol protocol)
{
    static const struct line_hooks none;

    line_close(w.line);
    w.line = NULL;
    w.conf = (struct conf_bus){
        .protocol = protocol, .timeout_ms = 1000, .gap_ms = 50, .pause_ms = 5};
    memset(&w.setup, 0, sizeof(w.setup));
    snprintf(w.setup.device, sizeof(w.setup.device), "%s", device);
    w.setup.framing = (struct bus_framing){9600, CONF_PARITY_NONE, 8, 1};
    w.setup.gap_ms = 50;
    for (int i = 0; i < 50; i++) {
        if (line_open(&w.setup, &none, &w.line, &w.e))
            break;
        nap(100);
    }
    cr_assert_not_null(w.line, "%s", w.e.text);
    w.session.x.line = w.line;
}

/* A port that is free just now. */
static int
free_port(void)
{
    struct sockaddr_in at = {.sin_family = AF_INET,
                             .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    socklen_t size = sizeof(at);
    int fd = socket(AF_INET, SOCK_STREAM, 0);

    bind(fd, (const struct sockaddr *)&at, sizeof(at));
    getsockname(fd, (struct sockaddr *)&at, &size);
    close(fd);
    return ntohs(at.sin_port);
}

Test(wire_foreign, libmodbus_answers_as_a_server_of_modbus_tcp)
{
    int port = free_port();
    char device[60];

    if (child()) {
        modbus_t *server = modbus_new_tcp("127.0.0.1", port);
        int listener = modbus_tcp_listen(server, 1);

        modbus_set_slave(server, UNIT);
        modbus_tcp_accept(server, &listener);
        serve(server);
    }
    snprintf(device, sizeof(device), "tcp://127.0.0.1:%d", port);
    open_device(device, CONF_MODBUS_TCP);
    expect_sdm();
}

/* ---- a serial server ---- */

/* Its port. */
static int
start_server(void)
{
    char path[RIG_PATH_MAX], from[60], to[600];
    int port = free_port();

    snprintf(from, sizeof(from), "tcp-listen:%d,reuseaddr,fork", port);
    snprintf(to, sizeof(to), "file:%s,raw,echo=0,b9600", rig_path(w.rig, "dlt", path));
    if (child()) {
        execlp("socat", "socat", from, to, (char *)NULL);
        _exit(127);
    }
    return port;
}

Test(wire_foreign, a_serial_server_carries_a_line)
{
    char device[60];
    int port = start_server();

    snprintf(device, sizeof(device), "tcp://localhost:%d", port);
    open_device(device, CONF_DLT645_2007);
    wires_run("dlt645-2007", "000000000161", BUS_READ, "");
    cr_expect_eq(w.result.outcome, BUS_OUT_DONE, "%s", w.result.reason);
    cr_expect(wires_value("dlt645-2007", "1-0:1.8.0")[0] != '\0');
}

/* The unit of the package leaves these families of sockets, and no other: names are looked
 * up without asking the kernel for its addresses. */
static void
keep_families_of_the_unit(void)
{
    struct sock_filter code[] = {
        BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(struct seccomp_data, nr)),
        BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, SYS_socket, 0, 5),
        BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(struct seccomp_data, args[0])),
        BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, AF_UNIX, 3, 0),
        BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, AF_INET, 2, 0),
        BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, AF_INET6, 1, 0),
        BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ERRNO | EAFNOSUPPORT),
        BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW),
    };
    const struct sock_fprog program = {sizeof(code) / sizeof(code[0]), code};

    cr_assert(prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) == 0 &&
              prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, &program) == 0);
    cr_assert(socket(AF_NETLINK, SOCK_RAW, 0) == -1 && errno == EAFNOSUPPORT);
}

Test(wire_foreign, a_serial_server_is_reached_from_inside_the_sandbox)
{
    char device[60];
    int port = start_server();

    keep_families_of_the_unit();
    snprintf(device, sizeof(device), "tcp://localhost:%d", port);
    open_device(device, CONF_DLT645_2007);
    wires_run("dlt645-2007", "000000000161", BUS_READ, "");
    cr_expect_eq(w.result.outcome, BUS_OUT_DONE, "%s", w.result.reason);
}

/* ---- a terminal that dials in ---- */

/* It says who it is, then beats its heart, and answers each request as meter 161 does. */
static void
be_terminal(int port, const char *greeting)
{
    static const uint8_t reply[] = {0x68, 0x61, 0x01, 0x00, 0x00, 0x00, 0x00,
                                    0x68, 0x91, 0x08, 0x33, 0x33, 0x34, 0x33,
                                    0x59, 0x33, 0x33, 0x33, 0x8A, 0x16};
    struct sockaddr_in at = {.sin_family = AF_INET,
                             .sin_port = htons((uint16_t)port),
                             .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    uint8_t request[300];
    int fd;

    do {
        nap(100);
        fd = socket(AF_INET, SOCK_STREAM, 0);
    } while (connect(fd, (const struct sockaddr *)&at, sizeof(at)) != 0 && close(fd) == 0);
    send(fd, greeting, strlen(greeting), 0);
    send(fd, "BEAT07", 6, 0);
    while (recv(fd, request, sizeof(request), 0) > 0) {
        send(fd, "BEAT08", 6, 0); /* just then */
        send(fd, reply, sizeof(reply), 0);
    }
    _exit(0);
}

static void
wait_up(void)
{
    for (int i = 0; i < 100 && !line_is_up(w.line); i++) {
        line_wait_call(w.line, &w.e);
        nap(50);
    }
}

Test(wire_foreign, a_terminal_that_dials_in_is_a_line_once_it_said_who_it_is)
{
    static const struct line_hooks none;
    int port = free_port();

    w.conf =
        (struct conf_bus){.protocol = CONF_DLT645_2007, .timeout_ms = 1000, .gap_ms = 50};
    snprintf(w.setup.device, sizeof(w.setup.device), "listen:127.0.0.1:%d", port);
    snprintf(w.setup.greeting, sizeof(w.setup.greeting), "ID:????");
    snprintf(w.setup.heartbeat, sizeof(w.setup.heartbeat), "BEAT??");
    w.setup.framing = (struct bus_framing){9600, CONF_PARITY_EVEN, 8, 1};
    w.setup.gap_ms = 50;
    cr_assert(line_open(&w.setup, &none, &w.line, &w.e), "%s", w.e.text);
    w.session.x.line = w.line;
    wires_run("dlt645-2007", "000000000161", BUS_READ, "");
    cr_expect_eq(w.result.outcome, BUS_OUT_LINE, "nobody has called");
    if (child())
        be_terminal(port, "ID:4711");
    wait_up();
    cr_expect_str_eq(w.line->peer, "ID:4711");
    wires_run("dlt645-2007", "000000000161", BUS_READ, "");
    cr_expect_eq(w.result.outcome, BUS_OUT_DONE, "%s", w.result.reason);
    cr_expect_str_eq(wires_value("dlt645-2007", "1-0:1.8.0"), "0.26");
}

/* ---- a line that is never quiet ---- */

Test(wire_foreign, a_line_on_which_somebody_never_stops_is_damaged_within_its_deadline)
{
    int port = free_port();
    char device[60], from[60];

    snprintf(from, sizeof(from), "tcp-listen:%d,reuseaddr", port);
    if (child()) {
        execlp("socat", "socat", "-u", "/dev/zero", from, (char *)NULL);
        _exit(127);
    }
    snprintf(device, sizeof(device), "tcp://127.0.0.1:%d", port);
    open_device(device, CONF_DLT645_2007);
    wires_run("dlt645-2007", "000000000161", BUS_READ, "");
    cr_expect_eq(w.result.outcome, BUS_OUT_DAMAGED, "%d: %s", w.result.outcome,
                 w.result.reason);
    cr_expect(w.result.took_ms < 4000, "took %u ms", w.result.took_ms);
}

/* ---- a record ---- */

Test(wire_foreign, a_record_is_played_again)
{
    static const char record[] =
        "# job 1\n"
        "     0 > FE FE FE FE 68 61 01 00 00 00 00 68 11 04 33 33 34 33 14 16\n"
        "    61 < 68 61 01 00 00 00 00 68 91 08 33 33 34 33\n"
        "    70 < 59 33 33 33 8A 16\n";
    char path[RIG_PATH_MAX], device[600];

    cr_assert(rig_write(w.rig, "record", record, &w.e), "%s", w.e.text);
    snprintf(device, sizeof(device), "replay:%s", rig_path(w.rig, "record", path));
    open_device(device, CONF_DLT645_2007);
    wires_run("dlt645-2007", "000000000161", BUS_READ, "");
    cr_expect_eq(w.result.outcome, BUS_OUT_DONE, "%s", w.result.reason);
    cr_expect_str_eq(wires_value("dlt645-2007", "1-0:1.8.0"), "0.26");
    wires_run("dlt645-2007", "000000000162", BUS_READ, "");
    cr_expect_eq(w.result.outcome, BUS_OUT_LINE, "the record has no such request");
}

Test(wire_foreign, two_meters_of_one_address_are_not_looked_for_beyond_its_last_digits)
{
    char record[4096] = "", address[] = DLT645_ANY, hex[200];
    char path[RIG_PATH_MAX], device[600];
    struct frame_bytes ask;
    struct text t;

    text_init(&t, record, sizeof(record));
    for (int depth = 0; depth <= 6; depth++) {
        memset(address + 12 - 2 * depth, '0', (size_t)(2 * depth));
        cr_assert(dlt645_read_address(address, &ask, &w.e), "%s", w.e.text);
        hex_print(ask.at, ask.n, hex);
        text_addf(&t, "0 > %s\n1 < 68 61 01 68 00 FF\n", hex); /* two speak at once */
    }
    cr_assert(rig_write(w.rig, "record", record, &w.e), "%s", w.e.text);
    snprintf(device, sizeof(device), "replay:%s", rig_path(w.rig, "record", path));
    open_device(device, CONF_DLT645_2007);
    wires_run("dlt645-2007", "", BUS_SCAN, "");
    cr_expect_eq(w.result.requests, 8, "the next one is 01 where the last was 00, got %u",
                 w.result.requests);
    cr_expect_eq(w.result.outcome, BUS_OUT_LINE, "where the record ends");
}
