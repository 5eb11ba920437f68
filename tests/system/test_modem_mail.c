/* What the modem worker reads, tells and deletes. */
#include "worker_bench.h"

Test(worker, a_message_is_told_once_and_deleted_when_it_is_committed, .init = begin)
{
    struct wire w, again;

    DO("{\"do\": \"inject\", \"from\": \"" PEER "\", \"to\": \"sim1\", \"text\": \"BAL\"}");
    cr_assert(hear(WIRE_ARRIVED, &w, WAIT_MS), "nothing arrived");
    cr_expect_eq(w.u.arrived.arrival, WIRE_TEXT);
    cr_expect_str_eq(w.u.arrived.number, PEER);
    cr_expect_str_eq(w.u.arrived.body, "BAL");
    cr_expect_str_eq(w.u.arrived.smsc, "+254700000999");
    cr_expect_neq(w.u.arrived.smsc_time, 0);
    cr_expect_gt(w.u.arrived.pdu_length, 20);
    cr_expect_not(hear(WIRE_ARRIVED, &again, 2500), "told again by the next walk");
    cr_expect_eq(in_sim(), 1, "it stays until FORGET");
    forget(w.u.arrived.token);
    cr_expect(sim_empties());
    cr_expect_not(hear(WIRE_ARRIVED, &again, 1500));
}

Test(worker, a_restarted_worker_tells_what_was_not_committed)
{
    struct wire w;

    emulator_begin();
    DO("{\"do\": \"inject\", \"from\": \"" PEER "\", \"to\": \"sim1\", \"text\": \"BAL\"}");
    worker_begin("", 0);
    cr_assert(hear(WIRE_ARRIVED, &w, WAIT_MS), "nothing arrived");
    kill(worker, SIGKILL);
    waitpid(worker, NULL, 0);
    close(sock);
    worker_begin("", 0);
    cr_assert(hear(WIRE_ARRIVED, &w, WAIT_MS), "nothing arrived");
    cr_expect_str_eq(w.u.arrived.body, "BAL");
    forget(w.u.arrived.token);
    cr_expect(sim_empties());
}

Test(worker, parts_arrive_as_parts, .init = begin)
{
    struct wire w;
    bool had[4] = {false};
    char text[400] = "";

    memset(text, 'x', 350);
    DO("{\"do\": \"inject\", \"from\": \"" PEER "\", \"to\": \"sim1\", \"text\": \"%s\","
       " \"ref_bits\": 16, \"order\": [3, 1, 2]}",
       text);
    for (int i = 0; i < 3; i++) {
        cr_assert(hear(WIRE_ARRIVED, &w, WAIT_MS), "part %d of 3 is missing", i + 1);
        cr_expect(w.u.arrived.concat.total == 3 && w.u.arrived.concat.ref_bits == 16);
        cr_assert_leq(w.u.arrived.concat.number, 3);
        had[w.u.arrived.concat.number] = true;
        forget(w.u.arrived.token);
    }
    cr_expect(had[1] && had[2] && had[3]);
    cr_expect(sim_empties());
}

Test(worker, many_messages_at_once_are_all_told, .init = begin)
{
    struct wire w;
    bool had[25] = {false};

    for (int i = 0; i < 25; i++)
        DO("{\"do\": \"inject\", \"from\": \"" PEER "\", \"to\": \"sim1\","
           " \"text\": \"READ %d\"}",
           i);
    for (int i = 0; i < 25; i++) {
        int n = -1;

        cr_assert(hear(WIRE_ARRIVED, &w, WAIT_MS), "%d of 25 arrived", i);
        cr_assert_eq(sscanf(w.u.arrived.body, "READ %d", &n), 1);
        cr_assert(n >= 0 && n < 25 && !had[n], "READ %d twice", n);
        had[n] = true;
        forget(w.u.arrived.token);
    }
    cr_expect(sim_empties());
}

Test(worker, poison_is_told_with_its_octets_and_freed, .init = begin)
{
    static const char *const pdus[] = {
        "0791527400009", /* half an octet is cut */
        "07915274000099F9040C91527400000010000062112271030021A041", /* user data too short
                                                                     */
        "07915274000099F9070C9152740000001000006211227103002101",   /* reserved type */
        "00FFFFFFFFFFFFFFFFFFFF",
        "00",
        "07915274000099F9440C9152740000001000006211227103002106FFFFFFFFFFFF",
        "07915274000099F904FF91FFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFF",
    };
    struct wire w;

    for (size_t i = 0; i < sizeof(pdus) / sizeof(pdus[0]); i++) {
        char hex[128], got[2 * WIRE_PDU_MAX + 1];

        snprintf(hex, sizeof(hex), "%.*s", (int)(strlen(pdus[i]) / 2 * 2), pdus[i]);
        DO("{\"do\": \"inject\", \"to\": \"sim1\", \"pdu\": \"%s\"}", hex);
        cr_assert(hear(WIRE_ARRIVED, &w, WAIT_MS), "%s: nothing arrived", hex);
        hex_print(w.u.arrived.pdu, w.u.arrived.pdu_length, got);
        cr_expect(w.u.arrived.arrival == WIRE_POISON && w.u.arrived.reason[0] != '\0',
                  "%s: arrival %d", hex, w.u.arrived.arrival);
        cr_expect_str_eq(got, hex);
        forget(w.u.arrived.token);
        cr_expect(sim_empties(), "%s stays", hex);
    }
    cr_expect_eq(send_part((struct wire_send){.body = "bill"}).outcome, WIRE_SENT);
}

static int
deletions_left(void)
{
    json_t *answer = ask("{\"do\": \"fault\", \"modem\": \"sim1\"}");
    int n = (int)json_integer_value(
        json_object_get(json_object_get(answer, "faults"), "keep_deleted"));

    json_decref(answer);
    return n;
}

/* Some modems list each empty place so: it costs one deletion and is told once. */
Test(worker, an_empty_place_that_stays_is_left_alone, .init = begin)
{
    struct wire w;

    DO("{\"do\": \"fault\", \"modem\": \"sim1\", \"keep_deleted\": 1000}");
    DO("{\"do\": \"inject\", \"to\": \"sim1\", \"pdu\": \"00\"}");
    cr_assert(hear(WIRE_ARRIVED, &w, WAIT_MS));
    forget(w.u.arrived.token);
    cr_expect_not(hear(WIRE_ARRIVED, &w, 4000), "told once, in some walks");
    cr_expect_eq(deletions_left(), 999, "%d left", deletions_left());
    cr_expect_eq(send_part((struct wire_send){.body = "bill"}).outcome, WIRE_SENT);
}

Test(worker, a_flash_message_is_put_aside, .init = begin)
{
    struct wire w;

    DO("{\"do\": \"inject\", \"from\": \"" PEER "\", \"to\": \"sim1\", \"text\": \"now!\","
       " \"class\": 0}");
    if (!hear(WIRE_ARRIVED, &w, 3000))
        return; /* a modem may show it and not store it */
    cr_expect_eq(w.u.arrived.arrival, WIRE_ASIDE);
    forget(w.u.arrived.token);
    cr_expect(sim_empties());
}
