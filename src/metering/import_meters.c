/* Files of meters. */
#include "import_kind.h"
#include "meterpost/base/text.h"
#include "meterpost/bus/kind.h"
#include "meterpost/store/fittings.h"
#include "meterpost/store/registry.h"

#include <string.h>

struct meter_line {
    struct meter meter; /* its installation is meter.at */
    struct quantity multiplier;
    char seals[METER_SEALS][KEY_MAX];
};

#define IN_CUPBOARD (-1) /* instead of an account */

static bool
read_holder(struct import *im, const char *text, void *to, size_t size, struct err *e)
{
    static const int64_t none = IN_CUPBOARD;

    if (strcmp(text, "-") != 0)
        return read_account(im, text, to, size, e);
    memcpy(to, &none, sizeof(none));
    return true;
}

static const struct column columns[] = {
    COLUMN_ONCE("meter", NEED_VALUE, read_key, struct meter_line, meter.meter),
    COLUMN("account", NEED_COLUMN, read_holder, struct meter_line, meter.at.account_id),
    COLUMN("commodity", NEED_VALUE, read_commodity, struct meter_line, meter.commodity),
    COLUMN("profile", NEED_COLUMN, read_profile, struct meter_line, meter.profile),
    COLUMN_ONCE("phone", NEED_NOTHING, read_phone, struct meter_line, meter.phone),
    COLUMN("concentrator", NEED_NOTHING, read_concentrator, struct meter_line,
           meter.concentrator_id),
    COLUMN("collector", NEED_NOTHING, read_collector, struct meter_line,
           meter.collector_id),
    COLUMN("port", NEED_NOTHING, read_count, struct meter_line, meter.port),
    COLUMN("bus", NEED_NOTHING, read_bus, struct meter_line, meter.bus),
    COLUMN("protocol", NEED_NOTHING, read_protocol, struct meter_line, meter.protocol),
    COLUMN("address", NEED_NOTHING, read_word, struct meter_line, meter.address),
    COLUMN("password", NEED_NOTHING, read_text, struct meter_line, meter.password),
    COLUMN("multiplier", NEED_NOTHING, read_quantity, struct meter_line, multiplier),
    COLUMN("digits", NEED_NOTHING, read_digits, struct meter_line, meter.digits),
    COLUMN("decimals", NEED_NOTHING, read_decimals, struct meter_line, meter.decimals),
    COLUMN("initial_reading", NEED_NOTHING, read_quantity, struct meter_line,
           meter.at.initial),
    COLUMN("installed_on", NEED_NOTHING, read_past, struct meter_line,
           meter.at.installed_at),
    COLUMN("group", NEED_NOTHING, read_group, struct meter_line, meter.group_id),
    COLUMN("check_meter", NEED_NOTHING, read_yes_no, struct meter_line,
           meter.is_check_meter),
    COLUMN("pulse_constant", NEED_NOTHING, read_constant, struct meter_line,
           meter.pulse_constant),
    COLUMN("relay", NEED_NOTHING, read_yes_no, struct meter_line, meter.has_relay),
    COLUMN("point", NEED_NOTHING, read_point, struct meter_line, meter.at.point_id),
    COLUMN("sim", NEED_NOTHING, read_key, struct meter_line, meter.sim),
    COLUMN("carrier", NEED_NOTHING, read_word, struct meter_line, meter.carrier),
    COLUMN("battery_on", NEED_NOTHING, read_past, struct meter_line, meter.battery_on),
    COLUMN("seals", NEED_NOTHING, read_seals, struct meter_line, seals),
    {0},
};

static void
start_meter(struct import *im, void *row)
{
    struct meter_line *line = row;

    line->meter.decimals = DECIMALS_UNKNOWN;
    line->meter.since = im->with->now;
    line->meter.at.installed_at = im->with->now;
    line->multiplier.milli = MULTIPLIER_ONE;
}

/* 10^digits, in thousandths. */
static int64_t
register_end(int digits)
{
    int64_t end = 1000;

    while (digits-- > 0)
        end *= 10;
    return end;
}

/* What must fit together within the row. */
static void
look_within(struct import *im, const struct meter_line *line)
{
    const struct meter *m = &line->meter;

    if (m->at.account_id == 0 && !m->is_check_meter && !im->by_hand)
        import_fault(im, "account",
                     "expected an account; only a check meter has none, and '-' is one in "
                     "the cupboard");
    if (m->phone[0] != '\0' && m->profile[0] == '\0')
        import_fault(im, "profile", "expected a profile: how does %s speak?", m->phone);
    if (m->phone[0] != '\0' && m->concentrator_id != 0)
        import_fault(im, "concentrator", "expected a phone or a concentrator, not both");
    if (m->bus[0] != '\0' && m->address[0] == '\0')
        import_fault(im, "address", "expected the address on bus %s", m->bus);
    if (m->bus[0] != '\0' && m->protocol[0] == '\0')
        import_fault(im, "protocol", "expected the protocol on bus %s", m->bus);
    if (line->multiplier.milli <= 0)
        import_fault(im, "multiplier", "expected a number above zero");
    if (m->at.initial.milli < 0)
        import_fault(im, "initial_reading", "expected a number that is not negative");
    if (m->digits != 0 && m->at.initial.milli >= register_end(m->digits))
        import_fault(im, "initial_reading", "more than %d digits", m->digits);
}

/* On a wire as its protocol has it; a concentrator may have it otherwise. */
static void
write_address(struct import *im, struct meter *m)
{
    const struct bus_kind *kind = bus_kinds_find(im->with->kinds, m->protocol);
    char whole[BUS_ADDRESS_MAX];
    struct err e;

    if (m->bus[0] == '\0' || m->address[0] == '\0' || kind == NULL)
        return;
    if (!bus_kind_address(kind, m->address, whole, &e))
        import_fault(im, "address", "%s", e.text);
    else if (m->concentrator_id == 0)
        text_copy(m->address, sizeof(m->address), whole);
}

static bool
look_at_port(struct import *im, const struct meter *m, struct err *e)
{
    struct collector c;
    bool found;

    if (m->collector_id == 0)
        return m->port == 0 ||
               import_fault(im, "collector", "expected the collector of port %d", m->port);
    if (!collector_by_id(im->with->store, m->collector_id, &c, &found, e))
        return false;
    if (found && c.ports != 0 && m->port > c.ports)
        import_fault(im, "port", "collector '%s' has %d ports", c.collector, c.ports);
    return true;
}

/* One address for each meter of a concentrator and of a bus. */
static bool
look_at_address(struct import *im, const struct meter *m, int64_t mine, struct err *e)
{
    char place[2 * WORD_MAX];
    struct meter there;
    bool found;

    if (m->address[0] == '\0')
        return true;
    if (m->concentrator_id != 0) {
        snprintf(place, sizeof(place), "%s of concentrator %lld", m->address,
                 (long long)m->concentrator_id);
        import_once(im, "address", place);
    }
    if (m->bus[0] != '\0') {
        snprintf(place, sizeof(place), "%s of %s", m->address, m->bus);
        import_once(im, "address", place);
    }
    if (!meter_at_address(im->with->store, m->concentrator_id, m->bus, m->address, &there,
                          &found, e))
        return false;
    if (found && there.id != mine)
        import_fault(im, "address", "meter '%s' has this address already", there.meter);
    return true;
}

static bool
look_at_account(struct import *im, const struct meter *m, const struct meter *mine,
                struct err *e)
{
    int64_t account = m->at.account_id == IN_CUPBOARD ? 0 : m->at.account_id;
    int64_t meters;

    if (account == mine->at.account_id)
        return true;
    if (im->edit)
        return import_fault(im, "account",
                            "a meter goes from one account to another by account move-in, "
                            "move-out or meter exchange, with a reading");
    if (!meters_count(im->with->store, account, &meters, e))
        return false;
    return meters < ACCOUNT_METERS ||
           import_fault(im, "account", "expected at most %d meters at one account",
                        ACCOUNT_METERS);
}

static bool
look_at_meter(struct import *im, void *row, struct err *e)
{
    struct meter_line *line = row;
    struct meter *m = &line->meter, mine = {0};
    char owner[OWNER_MAX] = "";
    bool found;

    look_within(im, line);
    if (!meter_by_name(im->with->store, m->meter, &mine, &found, e))
        return false;
    import_there(im, "meter", m->meter, found, mine.until);
    if (!found)
        mine = (struct meter){0};
    if (m->phone[0] != '\0' && strcmp(m->phone, mine.phone) != 0 &&
        !import_phone_owner(im, m->phone, owner, e))
        return false;
    if (owner[0] != '\0')
        import_fault(im, "phone", "%s is the phone of %s already", m->phone, owner);
    write_address(im, m);
    return look_at_port(im, m, e) && look_at_address(im, m, mine.id, e) &&
           look_at_account(im, m, &mine, e);
}

/* The seals of the row and no others. */
static bool
keep_seals(struct import *im, const struct meter_line *line, int64_t id, struct err *e)
{
    char there[METER_SEALS][KEY_MAX];
    struct store *s = im->with->store;
    size_t n;

    if (!seals_of_meter(s, id, there, &n, e))
        return false;
    for (size_t i = 0; i < n; i++) {
        bool stays = false;

        for (size_t j = 0; j < METER_SEALS; j++)
            stays = stays || strcmp(there[i], line->seals[j]) == 0;
        if (!stays && !seal_close(s, id, there[i], im->at, e))
            return false;
    }
    for (size_t j = 0; j < METER_SEALS && line->seals[j][0] != '\0'; j++) {
        bool known = false;

        for (size_t i = 0; i < n; i++)
            known = known || strcmp(there[i], line->seals[j]) == 0;
        if (!known && !seal_add(s, id, line->seals[j], im->at, e))
            return false;
    }
    return true;
}

static bool
add_meter(struct import *im, struct meter *m, struct err *e)
{
    struct installation at = m->at;

    if (at.account_id != 0 && at.installed_at < m->since)
        m->since = at.installed_at;
    if (!meter_add(im->with->store, m, &m->id, e))
        return false;
    at.meter_id = m->id;
    return at.account_id == 0 || installation_add(im->with->store, &at, &at.id, e);
}

static bool
edit_meter(struct import *im, struct meter *m, struct err *e)
{
    struct installation at = m->at;
    struct meter mine;
    bool found;

    if (!meter_by_name(im->with->store, m->meter, &mine, &found, e))
        return false;
    m->id = mine.id;
    m->since = mine.since;
    at.id = mine.at.id;
    return meter_update(im->with->store, m, im->at, e) &&
           (at.id == 0 || installation_correct(im->with->store, &at, e));
}

static bool
keep_meter(struct import *im, const void *row, struct err *e)
{
    const struct meter_line *line = row;
    struct meter m = line->meter;

    if (m.at.account_id == IN_CUPBOARD)
        m.at.account_id = 0;
    m.at.multiplier_milli = line->multiplier.milli;
    if (im->edit ? !edit_meter(im, &m, e) : !add_meter(im, &m, e))
        return false;
    return keep_seals(im, line, m.id, e);
}

const struct import_kind import_meters = {
    .name = "meters",
    .columns = columns,
    .row_size = sizeof(struct meter_line),
    .start = start_meter,
    .look = look_at_meter,
    .keep = keep_meter,
};
