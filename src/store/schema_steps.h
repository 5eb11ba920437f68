/* schema_steps.h - the texts of the migrations, each list ends in NULL; for schema.c alone.
 */
#ifndef METERPOST_SRC_STORE_SCHEMA_STEPS_H
#define METERPOST_SRC_STORE_SCHEMA_STEPS_H

extern const char *const schema_1_field[];
extern const char *const schema_1_office[];
extern const char *const schema_1_factor[];
extern const char *const schema_1_vee[];
extern const char *const schema_1_farm[];
extern const char *const schema_1_alarm[];
extern const char *const schema_1_bus[];
extern const char *const schema_1_money[];
extern const char *const schema_1_prepaid[];
extern const char *const schema_1_payfile[];
extern const char *const schema_1_registry[];
extern const char *const schema_1_desk[];
extern const char *const schema_1_staff[];
extern const char *const schema_1_relay[];
extern const char *const schema_1_arrears[];
extern const char *const schema_1_talk[];
extern const char *const schema_1_once[];

#endif
