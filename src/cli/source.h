/* What a study is of: the 12-bit data set, or rows from files of one's own. */
#ifndef IB_CLI_SOURCE_H
#define IB_CLI_SOURCE_H

#include "digest.h"
#include "settings.h"

#include <libib/libib.h>

#include <stddef.h>

/* Room for what is said of a data set. */
#define SOURCE_TEXT_SIZE 200

typedef struct source {
    ib_dataset *dataset; /* of as many classes as there are different labels, or more after source_widen() */
    char data_sha256[DIGEST_DIGITS + 1]; /* of the files that it came from; empty: of none */
    char labels_sha256[DIGEST_DIGITS + 1];
} source;

/* Reads the data set that is asked for. Files must be those whose hashes are asked for, if any. 0, or -1 after saying
 * why. */
int source_create(source *s, ib_context *context, const settings *asked);

/* Makes room for labels that no row has. 0, or -1 after saying why. */
int source_widen(source *s, ib_context *context, uint32_t classes);

/* "4 rows of 2 inputs in 2 classes; H(X) = 2, H(Y) = 1, I(X;Y) = 1 bits". */
void source_describe(const ib_dataset *dataset, const ib_limits *limits, char text[SOURCE_TEXT_SIZE]);

/* Warns if equal inputs have different labels, which no network can tell apart. 0, or -1 after saying why that is not
 * known. */
int source_warn(const source *s, ib_context *context, const settings *asked);

/* Frees what it holds. */
void source_destroy(source *s);

#endif
