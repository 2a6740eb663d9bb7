/* 10: a study. Some runs over all cores, stopped in the middle, resumed, and summed up: as if nothing had happened.
 *
 * New: a study makes the runs of example 09 by itself and hands over what is to be kept: finished runs at once, runs in
 * progress when it is stopped. Here a shelf in memory keeps them; a program that must survive a power cut writes each
 * to a file of its own, forces it to the disk and renames it, as ib does.
 *
 * 10_study [EPOCHS [RUNS]] */
#include <libib/libib.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define MOST_RUNS 100

typedef struct book {
    unsigned char *bytes;
    size_t size, at;
} book;

typedef struct shelf {
    book books[MOST_RUNS];
    uint32_t finished, stop_after; /* runs */
} shelf;

/* Puts a run on the shelf, in place of what was there of it. */
static int32_t save(uint64_t run, uint32_t outcome, const void *bytes, size_t size, void *user_data)
{
    shelf *s = user_data;
    unsigned char *copy = malloc(size);
    if (!copy)
        return -1;
    memcpy(copy, bytes, size);
    free(s->books[run].bytes);
    s->books[run] = (book){copy, size, 0};
    s->finished += outcome != IB_OUTCOME_OPEN;
    return 0;
}

static int32_t give(void *data, size_t size, size_t *count, void *user_data)
{
    book *b = user_data;
    *count = size < b->size - b->at ? size : b->size - b->at;
    memcpy(data, b->bytes + b->at, *count);
    b->at += *count;
    return 0;
}

/* Says how far the study is, and stops it as if somebody had pressed a key. */
static int32_t follow(const ib_study_progress *progress, void *user_data)
{
    const shelf *s = user_data;
    if (progress->epochs_done % 500 == 0)
        printf("%u of %u runs, %.0f%%\n", (unsigned)progress->runs_done, (unsigned)progress->runs,
               100.0 * (double)progress->epochs_done / (double)progress->epochs);
    return s->finished >= s->stop_after;
}

typedef struct place {
    ib_dataset *dataset;
    ib_split *split;
    ib_network *network;
    ib_study *study;
} place;

/* A study of the standard setting; what is on the shelf is not made again. */
static ib_status begin(ib_context *context, uint32_t epochs, uint64_t runs, shelf *s, place *p)
{
    ib_train_options train;
    ib_study_options options;
    ib_train_options_init(&train);
    ib_study_options_init(&options);
    train.seed = 1;
    train.epochs = epochs;
    options.runs = runs;
    options.train = &train;
    options.save = save;
    options.progress = follow;
    options.user_data = s;
    ib_status status = ib_dataset_create_icosahedron(context, &p->dataset);
    if (status == IB_OK)
        status = ib_split_create_study(context, &p->split);
    if (status == IB_OK)
        status = ib_preset_create(context, IB_PRESET_PAPER, IB_ACTIVATION_TANH, 8, &p->network);
    if (status == IB_OK)
        status = ib_study_create(p->network, p->dataset, p->split, &options, &p->study);
    for (uint64_t run = 0; run < runs && status == IB_OK; run++) {
        s->books[run].at = 0;
        if (s->books[run].size)
            status = ib_study_read(p->study, give, &s->books[run], NULL, NULL);
    }
    return status;
}

static void end(place *p)
{
    ib_study_destroy(p->study);
    ib_network_destroy(p->network);
    ib_split_destroy(p->split);
    ib_dataset_destroy(p->dataset);
    *p = (place){NULL, NULL, NULL, NULL};
}

/* The bytes of a finished run are its record. */
static ib_status add_run(ib_context *context, const place *p, book *b, uint64_t run, ib_curve *curve)
{
    ib_record *record = NULL;
    ib_record_options of;
    ib_record_options_init(&of);
    of.seed = 1;
    of.run = run;
    of.setting = ib_study_setting(p->study);
    b->at = 0;
    ib_status status = ib_record_create(context, &of, &record);
    if (status == IB_OK)
        status = ib_record_read(record, give, b);
    if (status == IB_OK)
        status = ib_curve_add(curve, ib_record_plane(record));
    ib_record_destroy(record);
    return status;
}

static ib_status sum_up(ib_context *context, const place *p, shelf *s, uint64_t runs)
{
    ib_curve *curve = NULL;
    ib_curve_point last;
    size_t first = 0;
    ib_status status = ib_curve_create(context, &curve);
    for (uint64_t run = 0; run < runs && status == IB_OK; run++)
        status = add_run(context, p, &s->books[run], run, curve);
    for (uint32_t layer = 1; layer <= ib_curve_layers(curve) && status == IB_OK; layer++) {
        const size_t count = ib_curve_line(curve, layer, IB_MEASURE_STATE, 0, &first);
        status = ib_curve_get(curve, first + count - 1, &last);
        printf("T%u: I(X;T) = %.3f, I(T;Y) = %.4f, mean of %u runs\n", layer, last.i_xt.mean, last.i_ty.mean,
               (unsigned)last.i_xt.count);
    }
    ib_curve_destroy(curve);
    return status;
}

int main(int argc, char **argv)
{
    const uint32_t epochs = argc > 1 ? (uint32_t)strtoul(argv[1], NULL, 10) : 1000;
    const uint64_t runs = argc > 2 ? strtoull(argv[2], NULL, 10) : 4;
    if (runs < 1 || runs > MOST_RUNS || epochs < 1) {
        fprintf(stderr, "usage: 10_study [EPOCHS [RUNS]], RUNS from 1 to %d\n", MOST_RUNS);
        return 2;
    }
    static shelf s;
    place p = {NULL, NULL, NULL, NULL};
    ib_context *context = NULL;
    ib_status status = ib_context_create(NULL, &context);
    s.stop_after = (uint32_t)(runs + 1) / 2;
    if (status == IB_OK)
        status = begin(context, epochs, runs, &s, &p);
    if (status == IB_OK)
        status = ib_study_run(p.study);
    if (status == IB_STOPPED) {
        printf("Stopped; %u runs are finished. Going on in another study:\n", (unsigned)s.finished);
        end(&p);
        s.stop_after = UINT32_MAX;
        status = begin(context, epochs, runs, &s, &p);
        if (status == IB_OK)
            status = ib_study_run(p.study);
    }
    if (status == IB_OK)
        status = sum_up(context, &p, &s, runs);
    if (status != IB_OK)
        fprintf(stderr, "%s: %s\n", ib_status_name(status), ib_context_message(context));
    end(&p);
    for (size_t run = 0; run < MOST_RUNS; run++)
        free(s.books[run].bytes);
    ib_context_destroy(context);
    return status != IB_OK;
}
