#include "tariff_schema.h"

#define NUMBER_MAX   30 /* bytes of a decimal */

#define COUNT(words) (sizeof(words) / sizeof((words)[0]))

/* Keys whose absence is decided later, by the component's type. */
#define MAYBE CYAML_FLAG_OPTIONAL
#define WORDS (CYAML_FLAG_OPTIONAL | CYAML_FLAG_STRICT)

#define TEXT(key, of, member, most)                                                        \
    CYAML_FIELD_STRING_PTR(key, CYAML_FLAG_POINTER, of, member, 1, (most)-1)
#define MAYBE_TEXT(key, of, member, most)                                                  \
    CYAML_FIELD_STRING_PTR(key, CYAML_FLAG_POINTER | MAYBE, of, member, 1, (most)-1)
#define MAYBE_NUMBER(key, of, member) MAYBE_TEXT(key, of, member, NUMBER_MAX)

static const cyaml_strval_t types[] = {
    {"fixed", COMPONENT_FIXED},         {"blocks", COMPONENT_BLOCKS},
    {"registers", COMPONENT_REGISTERS}, {"band_fixed", COMPONENT_BAND_FIXED},
    {"percent", COMPONENT_PERCENT},     {"minimum", COMPONENT_MINIMUM},
};
static const cyaml_strval_t modes[] = {
    {"incremental", BLOCK_INCREMENTAL},
    {"whole", BLOCK_WHOLE},
    {"whole_prev_slab", BLOCK_WHOLE_PREV_SLAB},
};
static const cyaml_strval_t scales[] = {
    {"none", SCALE_NONE},
    {"days", SCALE_DAYS},
    {"months", SCALE_MONTHS},
    {"year", SCALE_YEAR},
};
static const cyaml_strval_t frequencies[] = {
    {"month", PERIOD_MONTH},
    {"bimonth", PERIOD_BIMONTH},
    {"days", PERIOD_DAYS},
};
static const cyaml_strval_t roundings[] = {
    {"half_up", 1 + ROUND_HALF_UP},
    {"half_even", 1 + ROUND_HALF_EVEN},
    {"down", 1 + ROUND_DOWN},
    {"up", 1 + ROUND_UP},
};
static const cyaml_strval_t prorates[] = {{"none", 0}, {"days", 1}};
static const cyaml_strval_t bases[] = {{"period", 0}, {"ytd", 1}};
static const cyaml_strval_t lines[] = {{"block", 0}, {"sum", 1}};

static const cyaml_schema_field_t block_fields[] = {
    CYAML_FIELD_STRING_PTR("upto", CYAML_FLAG_POINTER_NULL_STR | MAYBE, struct raw_step,
                           upto, 1, NUMBER_MAX),
    TEXT("rate", struct raw_step, rate, NUMBER_MAX),
    CYAML_FIELD_END,
};
static const cyaml_schema_field_t band_fields[] = {
    CYAML_FIELD_STRING_PTR("upto", CYAML_FLAG_POINTER_NULL_STR | MAYBE, struct raw_step,
                           upto, 1, NUMBER_MAX),
    TEXT("amount", struct raw_step, amount, NUMBER_MAX),
    CYAML_FIELD_END,
};
static const cyaml_schema_field_t rate_fields[] = {
    TEXT("quantity", struct raw_step, quantity, TARIFF_CODE_MAX),
    TEXT("rate", struct raw_step, rate, NUMBER_MAX),
    CYAML_FIELD_END,
};
static const cyaml_schema_value_t block = {
    CYAML_VALUE_MAPPING(CYAML_FLAG_DEFAULT, struct raw_step, block_fields)};
static const cyaml_schema_value_t band = {
    CYAML_VALUE_MAPPING(CYAML_FLAG_DEFAULT, struct raw_step, band_fields)};
static const cyaml_schema_value_t rate = {
    CYAML_VALUE_MAPPING(CYAML_FLAG_DEFAULT, struct raw_step, rate_fields)};
static const cyaml_schema_value_t code = {
    CYAML_VALUE_STRING(CYAML_FLAG_POINTER, char *, 1, TARIFF_CODE_MAX - 1)};
static const cyaml_schema_value_t month = {CYAML_VALUE_UINT(CYAML_FLAG_DEFAULT, uint8_t)};

static const cyaml_schema_field_t round_fields[] = {
    CYAML_FIELD_ENUM("mode", WORDS, struct raw_round, mode, roundings, COUNT(roundings)),
    MAYBE_NUMBER("step", struct raw_round, step),
    CYAML_FIELD_END,
};

static const cyaml_schema_field_t quantity_fields[] = {
    MAYBE_TEXT("from", struct raw_quantity, from, TARIFF_CODE_MAX),
    MAYBE_NUMBER("factor", struct raw_quantity, factor),
    MAYBE_NUMBER("over", struct raw_quantity, over),
    CYAML_FIELD_END,
};

static const cyaml_schema_field_t when_fields[] = {
    MAYBE_TEXT("season", struct raw_when, season, TARIFF_CODE_MAX),
    MAYBE_TEXT("class", struct raw_when, class_name, TARIFF_CLASS_MAX),
    MAYBE_NUMBER("total_gt", struct raw_when, total_gt),
    MAYBE_NUMBER("total_le", struct raw_when, total_le),
    CYAML_FIELD_ENUM("scale", WORDS, struct raw_when, scale, scales, COUNT(scales)),
    CYAML_FIELD_END,
};

static const cyaml_schema_field_t words_fields[] = {
    MAYBE_TEXT("en", struct raw_words, in[0], TARIFF_LABEL_MAX),
    MAYBE_TEXT("zh", struct raw_words, in[1], TARIFF_LABEL_MAX),
    MAYBE_TEXT("es", struct raw_words, in[2], TARIFF_LABEL_MAX),
    MAYBE_TEXT("fr", struct raw_words, in[3], TARIFF_LABEL_MAX),
    MAYBE_TEXT("sw", struct raw_words, in[4], TARIFF_LABEL_MAX),
    CYAML_FIELD_END,
};

static const cyaml_schema_field_t component_fields[] = {
    TEXT("code", struct raw_component, code, TARIFF_CODE_MAX),
    MAYBE_TEXT("label", struct raw_component, label, TARIFF_LABEL_MAX),
    CYAML_FIELD_MAPPING("labels", MAYBE, struct raw_component, labels, words_fields),
    CYAML_FIELD_ENUM("type", CYAML_FLAG_STRICT, struct raw_component, type, types,
                     COUNT(types)),
    CYAML_FIELD_MAPPING("when", MAYBE, struct raw_component, when, when_fields),
    CYAML_FIELD_MAPPING("round", MAYBE, struct raw_component, round, round_fields),
    MAYBE_NUMBER("amount", struct raw_component, amount),
    MAYBE_TEXT("factor", struct raw_component, factor, TARIFF_CODE_MAX),
    MAYBE_TEXT("per", struct raw_component, per, TARIFF_CODE_MAX),
    MAYBE_NUMBER("over", struct raw_component, over),
    CYAML_FIELD_ENUM("prorate", WORDS, struct raw_component, prorate, prorates,
                     COUNT(prorates)),
    CYAML_FIELD_SEQUENCE("blocks", CYAML_FLAG_POINTER | MAYBE, struct raw_component, blocks,
                         &block, 1, TARIFF_STEPS_MAX),
    CYAML_FIELD_ENUM("mode", WORDS, struct raw_component, mode, modes, COUNT(modes)),
    CYAML_FIELD_ENUM("basis", WORDS, struct raw_component, basis, bases, COUNT(bases)),
    CYAML_FIELD_ENUM("scale", WORDS, struct raw_component, scale, scales, COUNT(scales)),
    CYAML_FIELD_MAPPING("quantity", MAYBE, struct raw_component, quantity, quantity_fields),
    CYAML_FIELD_ENUM("lines", WORDS, struct raw_component, lines, lines, COUNT(lines)),
    CYAML_FIELD_SEQUENCE("rates", CYAML_FLAG_POINTER | MAYBE, struct raw_component, rates,
                         &rate, 1, TARIFF_STEPS_MAX),
    CYAML_FIELD_SEQUENCE("bands", CYAML_FLAG_POINTER | MAYBE, struct raw_component, bands,
                         &band, 1, TARIFF_STEPS_MAX),
    MAYBE_NUMBER("rate", struct raw_component, rate),
    CYAML_FIELD_SEQUENCE("of", CYAML_FLAG_POINTER | MAYBE, struct raw_component, of, &code,
                         1, TARIFF_COMPONENTS_MAX),
    MAYBE_NUMBER("per_amount", struct raw_component, per_amount),
    MAYBE_NUMBER("min_qty", struct raw_component, min_qty),
    CYAML_FIELD_END,
};
static const cyaml_schema_value_t component = {
    CYAML_VALUE_MAPPING(CYAML_FLAG_DEFAULT, struct raw_component, component_fields)};

static const cyaml_schema_field_t season_fields[] = {
    TEXT("name", struct raw_season, name, TARIFF_CODE_MAX),
    CYAML_FIELD_SEQUENCE("months", CYAML_FLAG_POINTER, struct raw_season, months, &month, 1,
                         12),
    CYAML_FIELD_END,
};
static const cyaml_schema_value_t season = {
    CYAML_VALUE_MAPPING(CYAML_FLAG_DEFAULT, struct raw_season, season_fields)};

static const cyaml_schema_field_t class_fields[] = {
    TEXT("class", struct raw_class, name, TARIFF_CLASS_MAX),
    MAYBE_NUMBER("months", struct raw_class, months),
    MAYBE_NUMBER("upto", struct raw_class, upto),
    CYAML_FIELD_END,
};
static const cyaml_schema_value_t class = {
    CYAML_VALUE_MAPPING(CYAML_FLAG_DEFAULT, struct raw_class, class_fields)};

static const cyaml_schema_field_t period_fields[] = {
    CYAML_FIELD_ENUM("frequency", WORDS, struct raw_period, frequency, frequencies,
                     COUNT(frequencies)),
    MAYBE_NUMBER("normal_days", struct raw_period, normal_days),
    CYAML_FIELD_END,
};

static const cyaml_schema_field_t rounding_fields[] = {
    CYAML_FIELD_MAPPING("line", MAYBE, struct raw_rounding, line, round_fields),
    CYAML_FIELD_MAPPING("total", MAYBE, struct raw_rounding, total, round_fields),
    CYAML_FIELD_END,
};

static const cyaml_schema_field_t tariff_fields[] = {
    TEXT("tariff", struct raw_tariff, id, TARIFF_ID_MAX),
    TEXT("name", struct raw_tariff, name, TARIFF_NAME_MAX),
    CYAML_FIELD_MAPPING("names", MAYBE, struct raw_tariff, names, words_fields),
    TEXT("commodity", struct raw_tariff, commodity, TARIFF_CODE_MAX),
    TEXT("unit", struct raw_tariff, unit, TARIFF_UNIT_MAX),
    TEXT("currency", struct raw_tariff, currency, NUMBER_MAX),
    MAYBE_NUMBER("decimals", struct raw_tariff, decimals),
    MAYBE_TEXT("valid_from", struct raw_tariff, valid_from, NUMBER_MAX),
    CYAML_FIELD_MAPPING("period", MAYBE, struct raw_tariff, period, period_fields),
    CYAML_FIELD_MAPPING("rounding", MAYBE, struct raw_tariff, rounding, rounding_fields),
    CYAML_FIELD_SEQUENCE("seasons", CYAML_FLAG_POINTER | MAYBE, struct raw_tariff, seasons,
                         &season, 1, 12),
    MAYBE_NUMBER("read_in", struct raw_tariff, read_in),
    CYAML_FIELD_SEQUENCE("classes", CYAML_FLAG_POINTER | MAYBE, struct raw_tariff, classes,
                         &class, 1, TARIFF_CLASSES_MAX),
    CYAML_FIELD_SEQUENCE("components", CYAML_FLAG_POINTER, struct raw_tariff, components,
                         &component, 1, TARIFF_COMPONENTS_MAX),
    CYAML_FIELD_END,
};

const cyaml_schema_value_t tariff_schema = {
    CYAML_VALUE_MAPPING(CYAML_FLAG_POINTER, struct raw_tariff, tariff_fields)};
