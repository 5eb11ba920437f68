/* `try validate`: made-up cases, good and bad. */
#include "meterpost/metering/try_validate.h"

#include "metering/past.h"

TestSuite(try_validate, .init = make_past, .fini = remove_village);

Test(try_validate, a_case_can_be_tried)
{
    static const struct {
        const char *in, *usage, *flag, *action; /* action NULL: refused */
    } cases[] = {
        {"{'previous':{'value':'1234.5'},'current':{'value':'1301.2'},'digits':5}", "66.7",
         "", "accept"},
        {"{'previous':{'value':'1234'},'current':{'value':'1259'},'multiplier':40}", "1000",
         "", "accept"},
        {"{'previous':{'value':'99950'},'current':{'value':'00017'},'digits':5,"
         "'average_per_day':'2.2'}",
         "67", "ROLLOVER", "accept"},
        {"{'previous':{'value':'04512'},'current':{'value':'04380'},'digits':5,"
         "'average_per_day':3,'days':30}",
         NULL, "DECREASE", "hold"},
        {"{'previous':{'value':'1250','quality':'E'},'previous_actual':{'value':'1100'},"
         "'current':{'value':'1210'}}",
         NULL, "OVERESTIMATED", "accept"},
        {"{'previous':{'value':'100'},'current':{'value':'NaN'}}", NULL, "VALUE", "reject"},
        {"{'previous':{'value':'1'},'current':{'value':'"
         "1111111111111111111111111111111111111111'"
         "}}",
         NULL, "VALUE", "reject"},
        {"{'previous':{'value':'-9223372036854775.808'},'current':{'value':"
         "'9223372036854775.807'}}",
         NULL, "VALUE", "reject"},
        {"{'previous':{'value':'100'},'current':{'value':'100'},'average_per_day':5}", "0",
         "ZERO", "accept"},
        {"{'previous':{'value':'100'},'current':{'value':'3000'},'average_per_day':5}",
         "2900", "VERY_HIGH", "hold"},
        {"{'previous':{'value':'100'},'current':{'value':'3000'},'average_per_day':5,"
         "'limits':{'very-high':'warn'}}",
         "2900", "VERY_HIGH", "accept"},
        {"{'previous':{'value':'100'},'current':{'value':'160'},'intervals':'55'}", "60",
         "INTERVALS", "hold"},
        {"{'previous':{'value':'100'},'current':{'value':'160'},'intervals':'59.5'}", "60",
         "", "accept"},
        {"{'previous':{'value':'100'},'current':{'value':'160'},'parts':'158'}", "60",
         "SUM", "hold"},
        {"{'previous':{'value':'100'},'current':{'value':'160'},'reactive':'110'}", "60",
         "POWER_FACTOR", "accept"},
        {"{'serial':'42','current':{'value':'3000','serial':'43'}}", NULL, "IDENTITY",
         "hold"},
        {"{'current':{'value':'1','meter_time':'2000-01-01T00:00:00Z'}}", NULL, "ANCIENT",
         "hold"},
        {"{'current':{'value':'1','meter_time':'2036-01-01T00:00:00Z'}}", NULL, "FUTURE",
         "hold"},
        {"{'current':{}}", NULL, NULL, NULL},
        {"{'previous':{'value':[]},'current':{'value':'1'}}", NULL, NULL, NULL},
        {"{'current':{'value':'1'},'register':'nonsense'}", NULL, NULL, NULL},
        {"{'current':{'value':'1'},'digits':99}", NULL, NULL, NULL},
        {"{'current':{'value':'1'},'multiplier':'0'}", NULL, NULL, NULL},
        {"{'current':{'value':'1','taken_at':'2026-02-30'}}", NULL, NULL, NULL},
        {"{'current':{'value':'1'},'limits':{'hihg':3}}", NULL, NULL, NULL},
        {"{'current':{'value':'1'},'history':['x']}", NULL, NULL, NULL},
        {"{}", NULL, NULL, NULL},
    };

    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        char text[400];
        const char *flag;
        json_t *in, *out;

        text_copy(text, sizeof(text), cases[i].in);
        for (char *c = text; *c != '\0'; c++)
            *c = *c == '\'' ? '"' : *c;
        in = json_loads(text, 0, NULL);
        cr_assert_not_null(in, "%s", text);
        out = validate_try(in, &conf.validation, &e);
        json_decref(in);
        cr_expect_eq(out != NULL, cases[i].action != NULL, "%s: %s", text, e.text);
        if (out == NULL || cases[i].action == NULL)
            continue;
        cr_expect_str_eq(json_string_value(json_object_get(out, "action")), cases[i].action,
                         "%s", text);
        if (cases[i].usage != NULL)
            cr_expect_str_eq(json_string_value(json_object_get(out, "usage")),
                             cases[i].usage, "%s", text);
        else
            cr_expect_null(json_string_value(json_object_get(out, "usage")), "%s", text);
        flag = json_string_value(json_array_get(json_object_get(out, "flags"), 0));
        cr_expect_str_eq(flag == NULL ? "" : flag, cases[i].flag, "%s", text);
        json_decref(out);
    }
}
