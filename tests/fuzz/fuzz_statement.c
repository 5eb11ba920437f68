/* Any file of a bank: entries that are text and sum up, or a fault with a place. */
#include "meterpost/base/text.h"
#include "meterpost/billing/statement.h"

#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static bool
read_as_what_it_is(const char *text, struct statements *out, struct problems *p)
{
    static const struct notice_columns columns = {.name = "bank",
                                                  .channel = "bank",
                                                  .separator = ';',
                                                  .decimal = ",",
                                                  .time = "%d.%m.%Y",
                                                  .date = "Date",
                                                  .amount = "Credit",
                                                  .paid_out = "Debit",
                                                  .receipt = "Ref",
                                                  .payer = "Name",
                                                  .claim = "Text"};

    switch (statement_form_of(text)) {
    case STATEMENT_MT940: return statement_read_mt940("fuzz", text, 2, out, p);
    case STATEMENT_CAMT053: return statement_read_camt("fuzz", text, 2, out, p);
    case STATEMENT_CSV: return statement_read_csv("fuzz", text, 2, &columns, out, p);
    }
    return false;
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    char *text = malloc(size + 1);
    struct statements list = {0};
    struct problems p = {0};

    memcpy(text, data, size);
    text[size] = '\0';
    /* The file comes in a JSON string: it is UTF-8 by then. */
    if (utf8_valid(text, strlen(text)) &&
        read_as_what_it_is(text, &list, &p) != problems_none(&p))
        abort();
    for (size_t i = 0; i < list.n_entries; i++) {
        struct statement_entry x;

        statements_entry(&list, i, &x);
        if (!utf8_valid(x.receipt, strlen(x.receipt)) ||
            !utf8_valid(x.payer, strlen(x.payer)) || !utf8_valid(x.claim, strlen(x.claim)))
            abort();
    }
    statements_free(&list);
    problems_free(&p);
    free(text);
    return 0;
}
