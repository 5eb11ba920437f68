/* whole.h - the whole utility into a folder and back; for src/cli alone. */
#ifndef METERPOST_SRC_CLI_WHOLE_H
#define METERPOST_SRC_CLI_WHOLE_H

#include "cli.h"

/* `export all FOLDER`, `import all FOLDER`. */
enum status whole_export(struct cli *c, const char *folder);
enum status whole_import(struct cli *c, const char *folder);

#endif
