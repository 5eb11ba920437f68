/*
 * Database version 1: what is never changed is never replaced either. INSERT OR REPLACE
 * deletes the row that has the id or a unique key already, and runs no delete trigger for
 * it unless its connection asks for recursive triggers: so each insert into a table of this
 * kind looks for such a row first. Never edited after a release.
 */
#include "schema_steps.h"

#include <stddef.h>

#define ONCE(table, same)                                                                  \
    "CREATE TRIGGER " table "_no_replace BEFORE INSERT ON " table                          \
    " WHEN EXISTS (SELECT 1 FROM " table " WHERE id = NEW.id" same ")"                     \
    " BEGIN SELECT RAISE(ABORT, 'a row of " table " is never replaced'); END;"
#define SAME(column) column " = NEW." column

static const char once[] =                                                             //
    ONCE("tariff_version",                                                             //
         " OR (" SAME("tariff") " AND " SAME("hash") ")")                              //
    ONCE("bill",                                                                       //
         " OR " SAME("key") " OR " SAME("number")                                      //
         " OR (" SAME("series") " AND " SAME("year") " AND " SAME("seq") ")")          //
    ONCE("bill_line", " OR (" SAME("bill_id") " AND " SAME("line") ")")                //
    ONCE("bill_reading", "")                                                           //
    ONCE("payment", " OR (" SAME("channel") " AND " SAME("reference") ")")             //
    ONCE("payment_event", " OR (" SAME("payment_id") " AND " SAME("seq") ")")          //
    ONCE("statement_file", " OR (" SAME("bank_account") " AND " SAME("statement") ")") //
    ONCE("ledger_entry", " OR " SAME("key"))                                           //
    ONCE("ledger_close", " OR " SAME("month") " OR " SAME("until_at"))                 //
    ONCE("item", " OR " SAME("key"))                                                   //
    ONCE("allocation", "")                                                             //
    ONCE("factor", "")                                                                 //
    ONCE("order_approval", " OR (" SAME("order_id") " AND " SAME("person") ")")        //
    ONCE("order_event", "")                                                            //
    ONCE("consent", "")                                                                //
    ONCE("audit", "")                                                                  //
    ONCE("audit_day", "");

const char *const schema_1_once[] = {once, NULL};
