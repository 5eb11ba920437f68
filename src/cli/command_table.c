/*
 * command_table.c - every command: parser, help, completion and manual read this table.
 * A command is found by its words; none may begin with the words of another.
 */
#include "command_rows.h"

static const struct command *const tables[] = {commands_field, commands_farm,
                                               commands_office};
static const size_t *const counts[] = {&commands_field_count, &commands_farm_count,
                                       &commands_office_count};
#define TABLES (sizeof(tables) / sizeof(tables[0]))

size_t
command_count(void)
{
    size_t n = 0;

    for (size_t t = 0; t < TABLES; t++)
        n += *counts[t];
    return n;
}

const struct command *
command_at(size_t i)
{
    size_t t = 0;

    for (; t + 1 < TABLES && i >= *counts[t]; t++)
        i -= *counts[t];
    return &tables[t][i];
}
