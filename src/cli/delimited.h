/* Rows of numbers as text (CSV and its relatives), a piece at a time.
 *
 * Values have commas, tabs, semicolons or blanks between them, by the first line; names that end in .tsv have tabs. A
 * first line that has words and no number in the columns of values is a header. Lines before it that begin with # are
 * comments; empty lines are no rows. */
#ifndef IB_CLI_DELIMITED_H
#define IB_CLI_DELIMITED_H

#include "words.h"

#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

/* A file that is being read; opaque, since its parser is. */
typedef struct delimited delimited;

/* Looks at a stream, which can go back to its beginning, and goes back there: its type is int64 if all values are
 * integers, else float64. `how` are some of MATRIX_*. 0, or -1 after saying why, of a file that is named so;
 * stream and name are borrowed. */
int delimited_open(delimited **out, FILE *stream, const char *name, int how);

/* Which columns are used, [columns] of MATRIX_*; looks at those of values, if there are any, and goes back to the
 * beginning to give these alone. What others hold does not matter. 0, or -1 after saying why. */
int delimited_use(delimited *d, const unsigned char *uses);
/* Goes back to the beginning to give the columns of values, or of labels. Those may be text if they are in one column,
 * and are then numbers of words, as float64. 0, or -1 after saying why. */
int delimited_take(delimited *d, int part);
/* Whether reading labels failed, with nothing said, since their type is another than was thought: to be taken again. */
int delimited_wants_again(const delimited *d);
/* The labels that were read to the end, if they are text; else NULL. */
words *delimited_words(delimited *d);

/* One of the IB_CODE_* values. */
uint32_t delimited_type(const delimited *d);
size_t delimited_columns(const delimited *d);
/* 0 if they are not known yet. */
size_t delimited_rows(const delimited *d);
/* The line of the row that was given last. */
size_t delimited_line(const delimited *d);

/* rows[most][columns] of the type receives the next rows, *count of them; 0 at the end. 0, or -1 after saying why. */
int delimited_next(delimited *d, size_t most, void *rows, size_t *count);

/* Back to the first row. 0, or -1 after saying why. */
int delimited_rewind(delimited *d);

/* Frees all but the stream; takes NULL. */
void delimited_close(delimited *d);

#endif
