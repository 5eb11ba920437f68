/* Readers of the values of import files that are lists, and of places. */
#include "import_kind.h"
#include "meterpost/base/text.h"
#include "meterpost/store/fittings.h"

#include <stdio.h>
#include <string.h>

/* The next of some values with ';' between, without spaces around it; "" is left out.
 * False at the end. */
static bool
next_item(const char **text, char *item, size_t size)
{
    while (**text != '\0') {
        size_t length = strcspn(*text, ";"), begin = strspn(*text, " ");
        size_t end = length;

        while (end > begin && (*text)[end - 1] == ' ')
            end--;
        if (begin < end)
            snprintf(item, size, "%.*s", (int)(end - begin), *text + begin);
        *text += length + ((*text)[length] == ';');
        if (begin < end)
            return true;
    }
    return false;
}

bool
read_seals(struct import *im, const char *text, void *to, size_t size, struct err *e)
{
    char(*seals)[KEY_MAX] = to;
    char item[PROBLEM_TEXT_MAX];
    size_t n = 0;

    while (next_item(&text, item, sizeof(item))) {
        if (n == size / KEY_MAX)
            return err_set(e, FAIL_REJECT, "expected at most %d seals", METER_SEALS);
        if (!read_key(im, item, seals[n], KEY_MAX, e))
            return false;
        for (size_t i = 0; i < n; i++) {
            if (strcmp(seals[i], seals[n]) == 0)
                return err_set(e, FAIL_REJECT, "%s stands here twice", item);
        }
        n++;
    }
    return true;
}

bool
read_pulses(struct import *im, const char *text, void *to, size_t size, struct err *e)
{
    struct port_pulses *ports = to;
    char item[PROBLEM_TEXT_MAX], *equals;
    size_t n = 0;

    while (next_item(&text, item, sizeof(item))) {
        equals = strchr(item, '=');
        if (equals == NULL)
            return err_set(e, FAIL_REJECT, "expected port=pulses like 1=1000;2=800");
        *equals = '\0';
        if (n == size / sizeof(*ports))
            return err_set(e, FAIL_REJECT, "expected at most %d ports", COLLECTOR_PORTS);
        if (!read_count(im, item, &ports[n].port, sizeof(int), e) ||
            !read_constant(im, equals + 1, &ports[n].pulse_constant, sizeof(int64_t), e))
            return false;
        for (size_t i = 0; i < n; i++) {
            if (ports[i].port == ports[n].port)
                return err_set(e, FAIL_REJECT, "port %s stands here twice", item);
        }
        n++;
    }
    return true;
}

/* Degrees, with a point; at most `most` of them to either side. */
static bool
degrees(const char *text, int64_t most, struct err *e)
{
    int64_t micro;

    return decimal_parse(text, 6, &micro, e) && micro <= most * 1000000 &&
           micro >= -most * 1000000;
}

bool
read_place(struct import *im, const char *text, void *to, size_t size, struct err *e)
{
    char copy[WORD_MAX], *comma;

    (void)im;
    if (text_copy(copy, sizeof(copy), text) && (comma = strchr(copy, ',')) != NULL) {
        *comma = '\0';
        comma += 1 + strspn(comma + 1, " ");
        if (degrees(copy, 90, e) && degrees(comma, 180, e))
            return text_copy(to, size, text);
    }
    return err_set(e, FAIL_REJECT, "expected latitude,longitude like -1.2921,36.8219");
}

bool
read_point(struct import *im, const char *text, void *to, size_t size, struct err *e)
{
    struct point point;
    bool found;

    (void)size;
    if (!point_by_name(im->with->store, text, &point, &found, e))
        return false;
    if (!found || point.until != 0)
        return err_set(e, FAIL_REJECT, "there is no service point '%s'", text);
    *(int64_t *)to = point.id;
    return true;
}
