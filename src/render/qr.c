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
