#include "table.h"

#include "ways.h"

#include <inttypes.h>
#include <math.h>

typedef struct table {
    const char *name;
    const char *columns;
    void (*write)(ib_record *run, const settings *asked, FILE *stream);
} table;

static uint64_t number_of(const ib_record *run)
{
    return ib_record_get_options(run)->run;
}

static void write_points(ib_record *run, const settings *asked, FILE *stream)
{
    const ib_plane *plane = ib_record_plane(run);
    for (size_t i = 0; i < ib_plane_count(plane); i++) {
        const ib_point *point = &ib_plane_points(plane)[i];
        char estimator[SETTINGS_NAME_SIZE];
        ways_number(asked, point->measure, point->estimator, estimator, sizeof estimator);
        fprintf(stream, "%" PRIu64 ",%u,%u,%s,%s,%.17g,%.17g,", number_of(run), (unsigned)point->epoch,
                (unsigned)point->layer, ib_measure_name(point->measure), estimator, point->i_xt, point->i_ty);
        if (ways_count_states(point->measure))
            fprintf(stream, "%" PRIu64, point->states);
        fputc('\n', stream);
    }
}

/* Losses and accuracies, the last of a row. */
static void write_losses(const ib_epoch *e, FILE *stream)
{
    const int is_tested = ways_is_tested(e);
    fprintf(stream, ",%.17g,%.17g,%.17g,%.17g,%.17g,%.17g\n", e->running_loss, e->running_accuracy, e->train_loss,
            e->train_accuracy, is_tested ? e->test_loss : (double)NAN, is_tested ? e->test_accuracy : (double)NAN);
}

static void write_training(ib_record *run, const settings *asked, FILE *stream)
{
    size_t n;
    const ib_epoch *epochs = ib_record_epochs(run, &n);
    (void)asked;
    for (size_t i = 0; i < n; i++) {
        fprintf(stream, "%" PRIu64 ",%u", number_of(run), (unsigned)epochs[i].epoch);
        write_losses(&epochs[i], stream);
    }
}

/* Outputs are float32, for which 9 digits are enough. */
static void write_extents(ib_record *run, const settings *asked, FILE *stream)
{
    size_t n;
    const ib_extent *extents = ib_record_extents(run, &n);
    (void)asked;
    for (size_t i = 0; i < n; i++)
        fprintf(stream, "%" PRIu64 ",%u,%u,%.9g,%.9g\n", number_of(run), (unsigned)extents[i].epoch,
                (unsigned)extents[i].layer, (double)extents[i].min, (double)extents[i].max);
}

static void write_restarts(ib_record *run, const settings *asked, FILE *stream)
{
    size_t n;
    const ib_restart *restarts = ib_record_restarts(run, &n);
    (void)asked;
    for (size_t i = 0; i < n; i++)
        fprintf(stream, "%" PRIu64 ",%u,%u,%.17g\n", number_of(run), (unsigned)restarts[i].attempt,
                (unsigned)restarts[i].epoch, restarts[i].accuracy);
}

static void write_run(ib_record *run, const settings *asked, FILE *stream)
{
    size_t epochs, restarts;
    const ib_epoch *all = ib_record_epochs(run, &epochs);
    ib_record_restarts(run, &restarts);
    (void)asked;
    if (epochs == 0)
        return;
    const ib_epoch *last = &all[epochs - 1];
    fprintf(stream, "%" PRIu64 ",%" PRIu64 ",%zu,%u,%d", number_of(run), ib_record_get_options(run)->seed, restarts,
            (unsigned)last->epoch, ib_record_outcome(run) == IB_OUTCOME_BAD ? 1 : 0);
    write_losses(last, stream);
}

#define LOSSES "running_loss,running_accuracy,train_loss,train_accuracy,test_loss,test_accuracy"

static const table tables[TABLE_COUNT] = {
    [TABLE_POINTS] = {"points", "run,epoch,layer,measure,estimator,I_XT,I_TY,states", write_points},
    [TABLE_TRAINING] = {"training", "run,epoch," LOSSES, write_training},
    [TABLE_EXTENTS] = {"extents", "run,epoch,layer,activation_min,activation_max", write_extents},
    [TABLE_RESTARTS] = {"restarts", "run,restart,restart_epoch,restart_accuracy", write_restarts},
    [TABLE_RUNS] = {"runs", "run,seed,restarts,epochs,bad_fit," LOSSES, write_run},
};

const char *table_name(uint32_t which)
{
    return tables[which].name;
}

const char *table_columns(uint32_t which)
{
    return tables[which].columns;
}

void table_write(uint32_t which, ib_record *run, const settings *asked, FILE *stream)
{
    tables[which].write(run, asked, stream);
}
