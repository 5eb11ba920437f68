/* Files of staff: who may command by text message. */
#include "import_kind.h"
#include "meterpost/base/text.h"
#include "meterpost/store/staff.h"

#include <stddef.h>
#include <stdio.h>
#include <string.h>

static bool
read_role(struct import *im, const char *text, void *to, size_t size, struct err *e)
{
    (void)im;
    (void)size;
    return staff_role_parse(text, to) ||
           err_set(e, FAIL_REJECT, "expected one of reader, operator, admin; got '%s'",
                   text);
}

static bool
read_on_call(struct import *im, const char *text, void *to, size_t size, struct err *e)
{
    int *turn = to;

    (void)im;
    (void)size;
    if (strlen(text) != 1 || text[0] < '0' || text[0] > '9')
        return err_set(e, FAIL_REJECT, "expected 0 to 9, got '%s'", text);
    *turn = text[0] - '0';
    return true;
}

static const struct column staff_columns[] = {
    COLUMN_ONCE("staff", NEED_VALUE, read_word, struct staff, staff),
    COLUMN("name", NEED_VALUE, read_text, struct staff, name),
    COLUMN("role", NEED_VALUE, read_role, struct staff, role),
    COLUMN_ONCE("phone", NEED_VALUE, read_phone, struct staff, phone),
    COLUMN("language", NEED_NOTHING, read_language, struct staff, language),
    COLUMN("supervisor", NEED_NOTHING, read_word, struct staff, supervisor),
    COLUMN("digest", NEED_NOTHING, read_yes_no, struct staff, digest),
    COLUMN("on_call", NEED_NOTHING, read_on_call, struct staff, on_call),
    {0},
};

static void
start_staff(struct import *im, void *row)
{
    struct staff *p = row;

    text_copy(p->language, sizeof(p->language), im->with->conf->utility.language);
}

/* A phone speaks for one person, and for no device. A customer may work here, too. */
static bool
look_at_phone(struct import *im, const struct staff *p, struct err *e)
{
    char owner[OWNER_MAX];
    struct staff other;
    bool found;

    if (!import_phone_device(im, p->phone, owner, e) ||
        !staff_by_phone(im->with->store, p->phone, &other, &found, e))
        return false;
    if (found && strcmp(other.staff, p->staff) != 0)
        snprintf(owner, sizeof(owner), "staff %s", other.staff);
    return owner[0] == '\0' ||
           import_fault(im, "phone", "%s is the phone of %s", p->phone, owner);
}

static bool
look_at_staff(struct import *im, void *row, struct err *e)
{
    const struct staff *p = row;
    struct staff there;
    bool found;

    if (!staff_by_name(im->with->store, p->staff, &there, &found, e))
        return false;
    import_there(im, "staff", p->staff, found, there.until);
    return look_at_phone(im, p, e);
}

static bool
keep_staff(struct import *im, const void *row, struct err *e)
{
    struct staff p = *(const struct staff *)row, there;
    bool found;

    p.since = im->with->now;
    p.phone_since = im->with->now;
    if (!im->edit)
        return staff_add(im->with->store, &p, &p.id, e);
    if (!staff_by_name(im->with->store, p.staff, &there, &found, e))
        return false;
    if (strcmp(there.phone, p.phone) == 0)
        p.phone_since = there.phone_since;
    return staff_update(im->with->store, &p, e);
}

const struct import_kind import_staff = {
    .name = "staff",
    .columns = staff_columns,
    .row_size = sizeof(struct staff),
    .start = start_staff,
    .look = look_at_staff,
    .keep = keep_staff,
};
