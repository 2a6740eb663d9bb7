#include "csv.h"

#include <inttypes.h>

int csv_create(csv *tables, const char *folder)
{
    *tables = (csv){0};
    if (file_create(&tables->points, folder, "points.csv"))
        return -1;
    if (file_create(&tables->training, folder, "training.csv")) {
        file_close(&tables->points);
        return -1;
    }
    fputs("run,epoch,layer,measure,estimator,I_XT,I_TY,states\n", tables->points.stream);
    fputs("run,epoch,train_loss,train_accuracy,test_accuracy\n", tables->training.stream);
    if (file_commit(&tables->points) == 0 && file_commit(&tables->training) == 0)
        return 0;
    file_roll_back(&tables->points);
    file_roll_back(&tables->training);
    return -1;
}

/* 17 digits: a number that is read back is the number that was written. */
static void write_points(const run_result *result, const settings *asked, FILE *stream)
{
    for (size_t i = 0; i < result->n_points; i++) {
        const ib_point *point = &result->points[i];
        char estimator[32];
        settings_estimator(asked, point->estimator, estimator, sizeof estimator);
        fprintf(stream, "%" PRIu64 ",%u,%u,%s,%s,%.17g,%.17g,%" PRIu64 "\n", result->run, (unsigned)point->epoch,
                (unsigned)point->layer, ib_measure_name(point->measure), estimator, point->i_xt, point->i_ty,
                point->states);
    }
}

static void write_curve(const run_result *result, FILE *stream)
{
    for (size_t epoch = 0; epoch <= result->epochs; epoch++) {
        const curve_row *row = &result->curve[epoch];
        fprintf(stream, "%" PRIu64 ",%zu,%.17g,%.17g,%.17g\n", result->run, epoch, row->train_loss, row->train_accuracy,
                row->test_accuracy);
    }
}

int csv_add(csv *tables, const run_result *result, const settings *asked)
{
    off_t points_before = tables->points.whole;
    write_points(result, asked, tables->points.stream);
    write_curve(result, tables->training.stream);
    if (file_commit(&tables->points) == 0 && file_commit(&tables->training) == 0)
        return 0;
    tables->points.whole = points_before; /* the run is in both files or in none */
    file_roll_back(&tables->points);
    file_roll_back(&tables->training);
    return -1;
}

int csv_close(csv *tables)
{
    int points = file_close(&tables->points);
    int training = file_close(&tables->training);
    return points || training ? -1 : 0;
}
