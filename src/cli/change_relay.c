/* change_relay.c - orders and arrears: the commands that change one thing. */
#include "change.h"

/* clang-format off */
const struct change changes_relay[] = {
    {"on", "on", {"meter"}, {{"--reason", "reason"}},
     "order {order}: supply of meter {meter} is switched on, ahead of everything else"},
    {"order cancel", "order.cancel", {"order"}, {{"--reason", "reason"}},
     "order {order} is cancelled"},
    {"relay flag", "relay.flag", {"flag", "state"},
     {{"--reason", "reason"}, {"--until", "until"}}, "{flag} is {state}"},
    {"relay resume", "relay.resume", {NULL}, {{"--reason", "reason"}},
     "cuts go on: what failed before no longer counts"},
    {"relay lock", "relay.lock", {"meter"},
     {{"--reason", "reason"}, {"--off", "off"}}, "meter {meter} is {state}"},
    {"relay outage", "relay.outage", {"group"},
     {{"--reason", "reason"}, {"--off", "off"}}, "group {group}: {state}"},
    {"field add", "field.add", {"meter"}, {{"--reason", "reason"}, {"--phone", "phone"}},
     "field order {field} for meter {meter}"},
    {"field done", "field.done", {"field"}, {{"--answer", "answer"}},
     "field order {field} is {state}"},
    {"field failed", "field.failed", {"field"}, {{"--answer", "answer"}},
     "field order {field} is {state}"},
    {"arrears feed", "arrears.feed", {NULL}, {{"--reason", "reason"}},
     "payments are known up to {feed_at}"},
    {"arrears skip", "arrears.skip", {"account", "stage"}, {{"--reason", "reason"}},
     "account {account}: stage {stage} is skipped"},
    {"arrears delivered", "arrears.deliver", {"account", "stage"},
     {{"--date", "at"}, {"--reason", "reason"}},
     "account {account}: {stage} was delivered {at}"},
    {"plan make", "plan.make", {"account"},
     {{"--parts", "parts"}, {"--first", "first"}, {"--start", "start"}},
     "plan {plan} of account {account}: {amount} in {parts} parts, the first {first} by {first_due}"},
    {"plan break", "plan.break", {"account"}, {{"--reason", "reason"}},
     "the plan of account {account} is over: its debts count again"},
    {"promise add", "promise.add", {"account", "amount"}, {{"--until", "until"}},
     "account {account} promises {amount} by {due_at}: until then nothing is cut"},
    {"dispute open", "dispute.open", {"account"},
     {{"--reason", "reason"}, {"--bill", "bill"}},
     "complaint {dispute} of account {account}: what it is about stands apart"},
    {"dispute close", "dispute.close", {"dispute"}, {{"--reason", "outcome"}},
     "complaint {dispute} is closed"},
};
/* clang-format on */

const size_t changes_relay_count = sizeof(changes_relay) / sizeof(changes_relay[0]);
