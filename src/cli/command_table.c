/*
 * command_table.c - every command: parser, help, completion and manual read this table.
 * A command is found by its words; none may begin with the words of another.
 */
#include "command_rows.h"

static const struct {
    const struct command *rows;
    const size_t *count;
} tables[] = {
    {commands_field, &commands_field_count},   {commands_talk, &commands_talk_count},
    {commands_farm, &commands_farm_count},     {commands_bus, &commands_bus_count},
    {commands_office, &commands_office_count}, {commands_money, &commands_money_count},
    {commands_relay, &commands_relay_count},   {commands_desk, &commands_desk_count},
};
#define TABLES (sizeof(tables) / sizeof(tables[0]))

size_t
command_count(void)
{
    size_t n = 0;

    for (size_t i = 0; i < TABLES; i++)
        n += *tables[i].count;
    return n;
}

const struct command *
command_at(size_t i)
{
    size_t table = 0;

    while (i >= *tables[table].count)
        i -= *tables[table++].count;
    return &tables[table].rows[i];
}
