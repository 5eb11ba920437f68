#include "meterpost/render/qr.h"

#include <qrencode.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define QUIET 4 /* modules around the code, by the standard */

/* One path of dark runs, row by row: a tenth of the bytes that a square each would take. */
static void
put_path(FILE *to, const QRcode *code)
{
    for (int y = 0; y < code->width; y++) {
        for (int x = 0; x < code->width;) {
            int n = 0;

            while (x + n < code->width && (code->data[y * code->width + x + n] & 1) != 0)
                n++;
            if (n > 0)
                fprintf(to, "M%d %dh%dv1h-%dz", x + QUIET, y + QUIET, n, n);
            x += n > 0 ? n : 1;
        }
    }
}

static bool
draw(const QRcode *code, const char *title, char **svg)
{
    int side = code->width + 2 * QUIET;
    size_t size;
    FILE *to = open_memstream(svg, &size);

    if (to == NULL)
        return false;
    fprintf(to,
            "<svg class=\"qr\" xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 %d %d\""
            " role=\"img\" shape-rendering=\"crispEdges\"><title>%s</title>"
            "<path fill=\"#fff\" d=\"M0 0h%dv%dh-%dz\"/><path d=\"",
            side, side, title, side, side, side);
    put_path(to, code);
    fprintf(to, "\"/></svg>");
    return fclose(to) == 0;
}

/* Two rows of modules are one line of text; what is beyond the code is light. */
static bool
is_light(const QRcode *code, int x, int y)
{
    if (x < 0 || y < 0 || x >= code->width || y >= code->width)
        return true;
    return (code->data[y * code->width + x] & 1) == 0;
}

static void
put_lines(FILE *to, const QRcode *code, bool colour)
{
    static const char *const blocks[] = {" ", "▀", "▄", "█"};

    for (int y = -QUIET / 2; y < code->width + QUIET / 2; y += 2) {
        fputs(colour ? "\033[97;40m" : "", to);
        for (int x = -QUIET / 2; x < code->width + QUIET / 2; x++)
            fputs(
                blocks[(is_light(code, x, y) ? 1 : 0) | (is_light(code, x, y + 1) ? 2 : 0)],
                to);
        fputs(colour ? "\033[0m\n" : "\n", to);
    }
}

bool
qr_terminal(const char *text, bool colour, char **picture, struct err *e)
{
    QRcode *code = NULL;
    size_t size;
    FILE *to;

    *picture = NULL;
    if (*text == '\0' || strlen(text) > QR_TEXT_MAX)
        return err_set(e, FAIL_REJECT, "a QR code holds 1 to %d bytes", QR_TEXT_MAX);
    to = open_memstream(picture, &size);
    if (to != NULL)
        code = QRcode_encodeString8bit(text, 0, QR_ECLEVEL_L);
    if (code != NULL)
        put_lines(to, code, colour);
    QRcode_free(code);
    if (to != NULL && fclose(to) == 0 && code != NULL)
        return true;
    free(*picture);
    *picture = NULL;
    return err_set(e, FAIL_RETRY, "no memory for a QR code");
}

bool
qr_svg(const char *text, const char *title, char **svg, struct err *e)
{
    QRcode *code;
    bool good;

    *svg = NULL;
    if (*text == '\0' || strlen(text) > QR_TEXT_MAX)
        return err_set(e, FAIL_REJECT, "a QR code holds 1 to %d bytes", QR_TEXT_MAX);
    code = QRcode_encodeString8bit(text, 0, QR_ECLEVEL_M);
    if (code == NULL)
        return err_set(e, FAIL_RETRY, "no memory for a QR code");
    good = draw(code, title, svg) || err_set(e, FAIL_RETRY, "no memory for a QR code");
    QRcode_free(code);
    return good;
}
