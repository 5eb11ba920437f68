/* test_say.c - answers that depend on what is on file: cut or fault, payments that came. */
#include "meterpost/billing/take.h"
#include "meterpost/store/flags.h"
#include "meterpost/store/ticket.h"
#include "parlour.h"

TestSuite(say, .init = parlour_open, .fini = parlour_close);

static const char *const everybody[] = {ASHA, JUAN, CLEM, ZAWA, LI};

static void
expect_said(const char *from, const char *text, const char *want)
{
    const char *got = answer_to(from, text);

    cr_expect_str_eq(got, want, "%s '%s'\n  got  %s\n  want %s", from, text, got, want);
}

Test(say, who_is_cut_off_hears_why_and_how_it_comes_back)
{
    static const char *const want[] = {
        "Kibo Power 1042: supply is off for 4,408.00 unpaid. It returns after payment to "
        "555123. Danger: do not reconnect yourself. Help 0700123456",
        "Kibo Power 1043: servicio cortado por 4.408,00 sin pagar. Vuelve solo tras el "
        "pago a "
        "555123. Peligro: no lo conecte usted mismo. Ayuda 0700123456",
        "Kibo Power 1044: service coupé pour 4 408,00 impayés. Il revient après paiement "
        "au "
        "555123. Danger: ne rebranchez pas vous-meme. Aide 0700123456",
        "Kibo Power 1045: huduma imekatwa kwa deni la 4,408.00. Itarudi baada ya malipo "
        "kwa "
        "555123. Hatari: usijiunganishe mwenyewe. Msaada 0700123456",
        "1046：因欠费4,408.00已停供，交费后自动恢复。危险，请勿自行接通。询0700123456"};

    for (int64_t i = 0; i < 5; i++) {
        cr_assert(meter_set_relay(s, i + 1, "open", &e), "%s", e.text);
        expect_said(everybody[i], "5", want[i]);
    }
}

Test(say, a_fault_that_is_known_is_told_with_its_end)
{
    static const char *const want[] = {
        "Kibo Power 1042: we know of the fault in your area (burst main) and are working "
        "on "
        "it, until about 17:00 on 10 Nov. Help 0700123456",
        "Kibo Power 1043: conocemos la averia en su zona (burst main) y la reparamos, "
        "hasta "
        "las 17:00 del 10 nov aprox. Ayuda 0700123456",
        "Kibo Power 1044: panne connue dans votre zone (burst main), nous y travaillons, "
        "jusque vers 17:00 le 10 nov. Aide 0700123456",
        "Kibo Power 1045: tunajua hitilafu eneo lako (burst main) na tunaishughulikia, "
        "hadi "
        "saa 17:00 tarehe 10 Nov. Msaada 0700123456",
        "1046：您区故障（burst main）抢修中，预计11月10日17:00恢复。询0700123456"};
    struct group g = {.code = "T-17", .name = "Market", .kind = "transformer"};
    int64_t group;
    bool added;

    cr_assert(group_add(s, &g, &group, &e), "%s", e.text);
    cr_assert(outage_on(s, group, "amina", "burst main", parlour.now, &added, &e), "%s",
              e.text);
    cr_assert(outage_tell(s, group, "", at("2026-11-10T17:00"), &e), "%s", e.text);
    for (int64_t i = 0; i < 5; i++) {
        struct meter m;

        cr_assert(meter_by_id(s, i + 1, &m, &found, &e) && found, "%s", e.text);
        m.group_id = group;
        cr_assert(meter_update(s, &m, parlour.now, &e), "%s", e.text);
        expect_said(everybody[i], "5", want[i]);
    }
}

/* A payment that came by a notice; `claim` is the account that it names. */
static void
pay_in(const char *receipt, const char *claim)
{
    struct take_new t = {.channel = "mobile",
                         .receipt = receipt,
                         .payer = "",
                         .phone = "",
                         .claim = claim,
                         .amount = {100000},
                         .paid_at = parlour.now - DAY_S,
                         .actor = "sms"};
    struct take took;

    cr_assert(take_payment(s, &conf, &t, parlour.now, &took, &e), "%s", e.text);
}

Test(say, a_receipt_is_looked_for_and_nobody_learns_of_anothers)
{
    struct ticket t;

    pay_in("QX81KD92", "1042");
    pay_in("QX81KD93", "nonsense");
    expect_said(
        ASHA, "PAID qx81kd92",
        "Kibo Power 1042: we have your 1,000.00 of 9 Nov, receipt QX81KD92. Still due "
        "3,408.00.");
    /* In suspense: a person hears with which command it is theirs. */
    expect_said(JUAN, "pagado QX81KD93",
                "Kibo Power 1043: gracias. Buscamos el recibo QX81KD93. No se cortara el "
                "servicio en las proximas 24 horas por esta deuda.");
    cr_assert(ticket_by_number(s, "00001", &t, &found, &e) && found, "%s", e.text);
    cr_expect(strstr(t.text, "lies in suspense. meterpost pay assign") != NULL, "%s",
              t.text);
    /* Somebody else's: as if nobody knew of it. */
    expect_said(
        CLEM, "paye QX81KD92",
        "Kibo Power 1044: merci. Nous cherchons le paiement QX81KD92. Pas de coupure "
        "pendant 24 heures pour cette dette.");
}
