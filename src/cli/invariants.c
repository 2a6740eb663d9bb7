#include "invariants.h"

#include "means.h"
#include "say.h"
#include "ways.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>

static const char *const names[INVARIANT_LIMITS] = {
    [INVARIANT_FILE] = "files are whole, and of this study",
    [INVARIANT_CURVE] = "all epochs; accuracies and losses",
    [INVARIANT_OUTCOME] = "bad fits and restarts",
    [INVARIANT_SCHEDULE] = "points where the schedule is",
    [INVARIANT_OUTPUTS] = "smallest output <= largest output",
    [INVARIANT_STATES] = "1 <= states <= rows",
    [INVARIANT_ENTROPY] = "H <= log2 states",
    [INVARIANT_FUNCTION] = "H(state) >= H(output), H(bins)",
};

static const char *const limit_names[IB_LIMIT_COUNT] = {
    [IB_LIMIT_CHAIN_X] = "I(X;T) falls from layer to layer",
    [IB_LIMIT_CHAIN_Y] = "I(T;Y) falls from layer to layer",
    [IB_LIMIT_BOUND_X] = "0 <= I(X;T) <= log2 rows",
    [IB_LIMIT_BOUND_Y] = "0 <= I(T;Y) <= I(X;T), H(Y)",
};

/* --- what is expected ----------------------------------------------------------------------------------------------*/

static void add_limits(invariants *x, uint32_t measure, uint32_t number)
{
    char name[SETTINGS_NAME_SIZE];
    ways_name(x->asked, measure, number, name, sizeof name);
    for (int limit = 0; limit < IB_LIMIT_COUNT; limit++) {
        finding *one = &x->findings[x->n_findings++];
        *one = (finding){.in_bits = 1, .is_expected = !ways_are_exact(measure)};
        snprintf(one->what, sizeof one->what, "%s: %s", name, limit_names[limit]);
    }
    x->measures[x->n_estimators] = measure;
    x->numbers[x->n_estimators++] = number;
}

static void add_key(invariants *x, size_t layer, uint32_t measure, uint32_t number)
{
    x->keys[x->n_keys++] = (ib_point){.layer = (uint32_t)layer, .measure = measure, .estimator = number};
}

/* What ib_observer_measure() measures of a layer. */
static void add_layer(invariants *x, size_t layer)
{
    add_key(x, layer, IB_MEASURE_STATE, 0);
    for (uint32_t measure = IB_MEASURE_OUTPUT; measure < IB_MEASURE_COUNT; measure++) {
        if (ib_observer_differs(x->made->network, layer, measure))
            add_key(x, layer, measure, 0);
        for (uint32_t number = 1; number <= ways_count(x->asked, measure); number++)
            add_key(x, layer, measure, number);
    }
}

static int has_key(const invariants *x, uint32_t measure)
{
    for (size_t i = 0; i < x->n_keys; i++)
        if (x->keys[i].measure == measure)
            return 1;
    return 0;
}

static void list_findings(invariants *x)
{
    for (; x->n_findings < INVARIANT_LIMITS; x->n_findings++) {
        finding *one = &x->findings[x->n_findings];
        snprintf(one->what, sizeof one->what, "%s", names[x->n_findings]);
        one->in_bits = x->n_findings == INVARIANT_ENTROPY || x->n_findings == INVARIANT_FUNCTION;
    }
    for (uint32_t measure = 0; measure < IB_MEASURE_COUNT; measure++) {
        const uint32_t count = ways_count(x->asked, measure);
        if (!count && has_key(x, measure))
            add_limits(x, measure, 0);
        for (uint32_t number = 1; number <= count; number++)
            add_limits(x, measure, number);
    }
}

int invariants_create(invariants *x, ib_context *context, const settings *asked, const recipe *made)
{
    *x = (invariants){.context = context, .asked = asked, .made = made};
    const size_t layers = ib_network_layers(made->network);
    settings_schedule(asked, &x->schedule);
    if (ib_limits_measure(made->from.dataset, &x->limits) || ib_plane_create(context, &x->so_far)) {
        say("%s", ib_context_message(context));
        return -1;
    }
    x->keys = calloc(layers * MOST_ESTIMATORS, sizeof *x->keys);
    if (!x->keys) {
        say("out of memory");
        return -1;
    }
    for (size_t layer = 1; layer <= layers; layer++)
        add_layer(x, layer);
    list_findings(x);
    return 0;
}

/* --- what is found -------------------------------------------------------------------------------------------------*/

/* Takes in one comparison: something is wrong by `excess`, if that is above the tolerance, at a point of a run. */
static void note(invariants *x, int which, double excess, uint64_t run, const ib_point *at)
{
    ib_violations *v = &x->findings[which].found;
    v->checked++;
    if (excess <= MEANS_TOLERANCE)
        return;
    v->violated++;
    if (excess <= v->largest)
        return;
    v->largest = excess;
    v->run = run;
    v->epoch = at->epoch;
    v->layer = at->layer;
    v->measure = at->measure;
    v->estimator = at->estimator;
}

/* The same for what is right or wrong. */
static void note_whether(invariants *x, int which, int is_right, uint64_t run, const ib_point *at)
{
    note(x, which, is_right ? 0 : 1, run, at);
}

static int is_share(double x)
{
    return x >= 0 && x <= 1;
}

static int is_loss(double x)
{
    return x >= 0 && isfinite(x);
}

static int is_epoch(const ib_epoch *e)
{
    return is_share(e->running_accuracy) && is_share(e->train_accuracy) && is_share(e->test_accuracy) &&
           is_loss(e->running_loss) && is_loss(e->train_loss) && is_loss(e->test_loss);
}

static void look_at_curve(invariants *x, uint64_t run, ib_record *record)
{
    size_t n;
    const ib_epoch *epochs = ib_record_epochs(record, &n);
    for (size_t i = 0; i < n; i++)
        note_whether(x, INVARIANT_CURVE, is_epoch(&epochs[i]), run, &(ib_point){.epoch = epochs[i].epoch});
    note_whether(x, INVARIANT_CURVE, n == x->asked->epochs + 1, run, &(ib_point){.epoch = (uint32_t)n});
}

/* A bad fit is kept and marked; an attempt is given up only from the epoch on at which the study begins to do so. */
static void look_at_outcome(invariants *x, uint64_t run, ib_record *record)
{
    size_t n_epochs, n;
    const ib_epoch *epochs = ib_record_epochs(record, &n_epochs);
    const ib_restart *restarts = ib_record_restarts(record, &n);
    const uint32_t from = settings_restart_from(x->asked);
    if (n_epochs) {
        const ib_epoch *last = &epochs[n_epochs - 1];
        const int is_bad = last->running_accuracy < x->asked->bad_accuracy;
        note_whether(x, INVARIANT_OUTCOME, is_bad == (ib_record_outcome(record) == IB_OUTCOME_BAD), run,
                     &(ib_point){.epoch = last->epoch});
    }
    for (size_t i = 0; i < n; i++)
        note_whether(x, INVARIANT_OUTCOME,
                     from && restarts[i].epoch >= from && restarts[i].accuracy < x->asked->bad_accuracy, run,
                     &(ib_point){.epoch = restarts[i].epoch});
}

/* Whether the next points are those of an epoch. */
static int are_of_epoch(const invariants *x, const ib_point *points, size_t n, uint32_t epoch)
{
    if (n < x->n_keys)
        return 0;
    for (size_t i = 0; i < x->n_keys; i++)
        if (points[i].epoch != epoch || points[i].layer != x->keys[i].layer ||
            points[i].measure != x->keys[i].measure || points[i].estimator != x->keys[i].estimator)
            return 0;
    return 1;
}

/* Takes the points of an epoch, and says which epoch comes next. */
static ib_status go_on(invariants *x, const ib_point *points, uint32_t *epoch)
{
    ib_status status = IB_OK;
    for (size_t i = 0; i < x->n_keys && !status; i++)
        status = ib_plane_add(x->so_far, &points[i]);
    return status ? status : ib_schedule_next(&x->schedule, x->so_far, *epoch, (uint32_t)x->asked->epochs, epoch);
}

/* Goes from one epoch that is to be measured to the next; after one that is not there nothing more can be told. */
static int look_at_schedule(invariants *x, uint64_t run, ib_record *record)
{
    const ib_plane *plane = ib_record_plane(record);
    const ib_point *points = ib_plane_points(plane);
    const size_t n = ib_plane_count(plane);
    const uint32_t last = (uint32_t)x->asked->epochs;
    uint32_t epoch = 0;
    ib_plane_reset(x->so_far);
    for (size_t at = 0;; at += x->n_keys) {
        const int is_there = are_of_epoch(x, points + at, n - at, epoch);
        const int is_last = epoch == last;
        note_whether(x, INVARIANT_SCHEDULE, is_there && (!is_last || at + x->n_keys == n), run,
                     &(ib_point){.epoch = epoch});
        if (!is_there || is_last)
            return 0;
        if (go_on(x, points + at, &epoch)) {
            say("%s", ib_context_message(x->context));
            return -1;
        }
    }
}

/* There are outputs of each layer at each epoch that has points. */
static void look_at_outputs(invariants *x, uint64_t run, ib_record *record)
{
    size_t n;
    const ib_extent *extents = ib_record_extents(record, &n);
    const ib_plane *plane = ib_record_plane(record);
    const size_t layers = ib_network_layers(x->made->network), epochs = ib_plane_count(plane) / x->n_keys;
    for (size_t i = 0; i < n; i++) {
        const ib_extent *e = &extents[i];
        const int is_placed = i < epochs * layers && e->layer == i % layers + 1 &&
                              e->epoch == ib_plane_points(plane)[i / layers * x->n_keys].epoch;
        note_whether(x, INVARIANT_OUTPUTS, is_placed && e->min <= e->max && isfinite(e->max - e->min), run,
                     &(ib_point){.epoch = e->epoch, .layer = e->layer});
    }
    note_whether(x, INVARIANT_OUTPUTS, n == epochs * layers, run, &(ib_point){.epoch = 0});
}

/* By how much a number of bits is above another; what is no number is far above. */
static double excess_over(double bits, double most)
{
    return isfinite(bits) && isfinite(most) ? bits - most : (double)INFINITY;
}

/* An estimator counts nothing, and says what it likes. */
static void look_at_estimate(invariants *x, uint64_t run, const ib_point *p)
{
    note_whether(x, INVARIANT_STATES, p->states == 0 && !isinf(p->i_xt) && !isinf(p->i_ty), run, p);
}

static void look_at_point(invariants *x, uint64_t run, const ib_point *p, const ib_point *state)
{
    if (!ways_count_states(p->measure)) {
        look_at_estimate(x, run, p);
        return;
    }
    note_whether(x, INVARIANT_STATES, p->states >= 1 && p->states <= ib_dataset_rows(x->made->from.dataset), run, p);
    note(x, INVARIANT_ENTROPY, excess_over(p->i_xt, ib_entropy_log2((double)p->states)), run, p);
    if (state == p || !ways_are_of_state(p->measure))
        return;
    note(x, INVARIANT_FUNCTION, p->states > state->states ? (double)INFINITY : excess_over(p->i_xt, state->i_xt), run,
         p);
}

static void look_at_points(invariants *x, uint64_t run, ib_record *record)
{
    const ib_plane *plane = ib_record_plane(record);
    const ib_point *state = NULL;
    for (size_t i = 0; i < ib_plane_count(plane); i++) {
        const ib_point *p = &ib_plane_points(plane)[i];
        /* That of the layer comes first; without it, which the schedule tells, there is nothing to compare with. */
        if (p->measure == IB_MEASURE_STATE || !state || state->layer != p->layer || state->epoch != p->epoch)
            state = p;
        look_at_point(x, run, p, state);
    }
}

static void take_limits(invariants *x, uint64_t run, size_t which, const ib_violations *found)
{
    for (size_t limit = 0; limit < IB_LIMIT_COUNT; limit++) {
        ib_violations *v = &x->findings[INVARIANT_LIMITS + which * IB_LIMIT_COUNT + limit].found;
        const uint64_t checked = v->checked + found[limit].checked, violated = v->violated + found[limit].violated;
        if (found[limit].largest > v->largest) {
            *v = found[limit];
            v->run = run;
        }
        v->checked = checked;
        v->violated = violated;
    }
}

static ib_status count_limits(invariants *x, uint64_t run, const ib_curve *curve)
{
    ib_status status = IB_OK;
    for (size_t i = 0; i < x->n_estimators && !status; i++) {
        ib_violations found[IB_LIMIT_COUNT];
        status = ib_curve_count_violations(curve, x->measures[i], x->numbers[i], &x->limits, MEANS_TOLERANCE, found);
        if (!status)
            take_limits(x, run, i, found);
    }
    return status;
}

static int look_at_limits(invariants *x, uint64_t run, ib_record *record)
{
    ib_curve *curve;
    ib_status status = ib_curve_create(x->context, &curve);
    if (!status)
        status = ib_curve_add(curve, ib_record_plane(record));
    if (!status)
        status = count_limits(x, run, curve);
    ib_curve_destroy(curve);
    /* No points, points that are there twice, or are no numbers: others have told. */
    if (!status || status == IB_ERR_ARG || status == IB_ERR_NONFINITE)
        return 0;
    say("%s", ib_context_message(x->context));
    return -1;
}

int invariants_look(invariants *x, uint64_t run, ib_record *record)
{
    note_whether(x, INVARIANT_FILE, record && run < x->asked->runs, run, &(ib_point){.epoch = 0});
    if (!record || ib_record_outcome(record) == IB_OUTCOME_OPEN)
        return 0;
    look_at_curve(x, run, record);
    look_at_outcome(x, run, record);
    look_at_outputs(x, run, record);
    look_at_points(x, run, record);
    return look_at_schedule(x, run, record) || look_at_limits(x, run, record) ? -1 : 0;
}

int invariants_fail(const finding *one)
{
    return one->found.violated && !one->is_expected;
}

void invariants_clear(invariants *x)
{
    free(x->keys);
    ib_plane_destroy(x->so_far);
    *x = (invariants){0};
}
