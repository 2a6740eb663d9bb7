/* What must hold in every run of a study, whatever it has learned, and how often it does not. */
#ifndef IB_CLI_INVARIANTS_H
#define IB_CLI_INVARIANTS_H

#include "folder.h"
#include "recipe.h"
#include "shape.h"

#include <libib/libib.h>

#include <stddef.h>
#include <stdint.h>

/* What is looked at in each run; after these come the limits of layers, IB_LIMIT_COUNT for each way of counting. */
enum {
    INVARIANT_FILE,     /* whole, and of this study */
    INVARIANT_CURVE,    /* all epochs, accuracies and losses within their bounds */
    INVARIANT_OUTCOME,  /* bad fits and restarts as the study treats them */
    INVARIANT_SCHEDULE, /* all points of each epoch that is to be measured, and no others */
    INVARIANT_OUTPUTS,  /* smallest and largest output of all layers at these epochs, in their order */
    INVARIANT_STATES,   /* 1 <= states <= rows, but none of an estimator, whose bits are not infinite */
    INVARIANT_ENTROPY,  /* H <= log2 of states */
    INVARIANT_FUNCTION, /* what is a function of the state, as output and bins are, has no more states and entropy */
    INVARIANT_LIMITS
};

/* One of them. */
typedef struct finding {
    char what[64];
    int in_bits;         /* `largest` says by how many bits it was exceeded; else nothing */
    int is_expected;     /* it need not hold: that of bins and estimators, which break the chain of layers */
    ib_violations found; /* `run` is the number of the run */
} finding;

typedef struct invariants {
    ib_context *context;
    const settings *asked;
    const recipe *made;
    ib_limits limits;
    ib_schedule_options schedule;
    ib_point *keys; /* what is measured at one epoch, in its order: layer, measure, estimator */
    size_t n_keys;
    ib_plane *so_far; /* of the run, for a schedule that follows the points */
    finding findings[INVARIANT_LIMITS + IB_LIMIT_COUNT * MOST_ESTIMATORS];
    size_t n_findings;
    uint32_t measures[MOST_ESTIMATORS]; /* of the limits */
    uint32_t numbers[MOST_ESTIMATORS];
    size_t n_estimators;
} invariants;

/* Prepares for the runs of a study; what is pointed to lasts longer. 0, or -1 after saying why. */
int invariants_create(invariants *x, ib_context *context, const settings *asked, const recipe *made);

/* Looks at what was read from the file of a run: a record, or NULL if that could not be read. Of a run in progress
 * nothing more can be told. 0, or -1 after saying why. */
int invariants_look(invariants *x, uint64_t run, ib_record *record);

/* Whether something that must hold does not. */
int invariants_fail(const finding *one);

/* Frees what it holds. */
void invariants_clear(invariants *x);

#endif
