/* ib measure: exact information of the rows of a file, wherever they come from. */
#include "measure.h"

#include "command.h"
#include "measure_rows.h"
#include "say.h"
#include "temporary.h"

#include <stdlib.h>
#include <string.h>

int measure_complain(const ib_context *context, const char *name)
{
    const char *message = ib_context_message(context);
    if (strstr(message, "callback") == NULL) /* one that failed has said why */
        say("%s: %s", name, message);
    return -1;
}

/* What takes more than one look at a row, or tables that have no place for so many labels. */
static int takes_memory(const measure_rows *r)
{
    const measure_asked *a = r->asked;
    return a->given || a->weights || a->has_bins || a->permutations || a->bootstrap ||
           a->n_estimators > a->n_corrections || r->classes > MEASURE_LABELS_MOST;
}

static int find(measure_rows *r, ib_context *context, measured *found)
{
    if (measure_rows_open(r, r->asked))
        return -1;
    found->name = strdup(matrix_name(r->reader));
    if (!found->name) {
        say("out of memory");
        return -1;
    }
    found->type = matrix_type(r->reader);
    found->columns = r->width;
    found->has_labels = r->labels != NULL;
    const int failed = takes_memory(r) ? measure_whole(r, context, found) : measure_count(r, context, found);
    found->dropped = r->dropped;
    return failed;
}

static void note(const measure_asked *a, const measured *found)
{
    if (a->quiet)
        return;
    if (found->rows.n == 0)
        say("%s: note: no rows are left to count", found->name);
    else if (found->has_labels && found->rows.n > 1 && found->rows.distinct == found->rows.n)
        say("%s: note: all rows differ: I(T;Y) = H(Y) says nothing of them; see --bins and --estimator", found->name);
}

static int act(const measure_asked *asked)
{
    measure_rows rows = {.asked = asked};
    measured found = {0};
    ib_context *context;
    if (command_create_context(NULL, &context))
        return EXIT_FAILED;
    temporary_set_folder(asked->temp);
    int failed = find(&rows, context, &found);
    measure_rows_close(&rows);
    if (!failed) {
        note(asked, &found);
        if (asked->json)
            failed = measure_print_json(asked, &found);
        else
            measure_print(asked, &found);
        failed = failed || say_output_done();
    }
    free(found.name);
    ib_context_destroy(context);
    return failed ? EXIT_FAILED : EXIT_OK;
}

int command_measure(int argc, char **argv)
{
    measure_asked asked;
    const int status = measure_read(&asked, argc, argv);
    return status < 0 ? act(&asked) : status;
}
