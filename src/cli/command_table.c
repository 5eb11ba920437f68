/*
 * command_table.c - every command: parser, help, completion and manual read this table.
 * A command is found by its words; none may begin with the words of another.
 */
#include "command_rows.h"

size_t
command_count(void)
{
    return commands_field_count + commands_office_count;
}

const struct command *
command_at(size_t i)
{
    return i < commands_field_count ? &commands_field[i]
                                    : &commands_office[i - commands_field_count];
}
