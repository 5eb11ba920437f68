/* list_farm.c - the lists about modems, and about what somebody must look at. */
#include "lists.h"

const struct list_view views_farm[] = {
    {"modem list",
     "modems",
     NULL,
     {{"modem", "modem", CELL_TEXT, false},
      {"health", "health", CELL_STATE, false},
      {"signal_percent", "signal %", CELL_NUMBER, false},
      {"sim_used", "in SIM", CELL_NUMBER, false},
      {"day_parts", "sent today", CELL_NUMBER, false},
      {"month_cost", "this month", CELL_MONEY, false},
      {"reason", "why", CELL_TEXT, true}}},
    {"modem history",
     "modem_care",
     NULL,
     {{"at", "at", CELL_TIME, false},
      {"modem", "modem", CELL_TEXT, false},
      {"step", "step", CELL_TEXT, false},
      {"state", "state", CELL_STATE, false},
      {"who", "who", CELL_TEXT, false},
      {"reason", "reason", CELL_TEXT, true},
      {"answer", "answer", CELL_TEXT, true}}},
    {"alarm list",
     "alarms",
     NULL,
     {{"alarm", "alarm", CELL_NUMBER, false},
      {"kind", "kind", CELL_TEXT, false},
      {"subject", "about", CELL_TEXT, false},
      {"state", "state", CELL_STATE, false},
      {"raised_at", "since", CELL_TIME, false},
      {"cleared_at", "until", CELL_TIME, false},
      {"count", "times", CELL_NUMBER, false},
      {"text", "what", CELL_TEXT, true}}},
};

const size_t views_farm_count = sizeof(views_farm) / sizeof(views_farm[0]);
