/* The folder of a study for tests, with runs that are made by hand: two layers, the second also counted by its bins. */
#ifndef LIBIB_TESTS_RUNS_IN_FOLDER_H
#define LIBIB_TESTS_RUNS_IN_FOLDER_H

#include "folder.h"
#include "support.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define SETTING 12345

enum { EPOCHS = 3 };

/* A study without runs. */
typedef struct fixture {
    char parent[64];
    settings asked;
    ib_context *context;
    folder study;
} fixture;

static inline int create_fixture(void **state)
{
    fixture *f = calloc(1, sizeof *f);
    assert_non_null(f);
    strcpy(f->parent, "/tmp/libib-test-XXXXXX");
    assert_non_null(mkdtemp(f->parent));
    char path[80];
    snprintf(path, sizeof path, "%s/study", f->parent);
    char *words[] = {"run",
                     "--preset=official-v1",
                     "--activation=relu",
                     "--bits=4",
                     "--runs=5",
                     "--epochs=3",
                     "--seed=18446744073709551615",
                     "--split-seed=9",
                     "--bad-accuracy=0.625",
                     "--bins=30,17",
                     "--out",
                     path};
    assert_int_equal(settings_parse(&f->asked, sizeof words / sizeof words[0], words), OPTIONS_FINE);
    f->context = test_context(NULL);
    assert_int_equal(folder_create(&f->study, &f->asked, f->context, SETTING), 0);
    *state = f;
    return 0;
}

static inline int destroy_fixture(void **state)
{
    fixture *f = *state;
    char command[128];
    folder_close(&f->study);
    ib_context_destroy(f->context);
    snprintf(command, sizeof command, "rm -rf '%s'", f->parent);
    assert_int_equal(system(command), 0);
    free(f);
    return 0;
}

/* --- runs ----------------------------------------------------------------------------------------------------------*/

static inline ib_record *create_record(fixture *f, uint64_t run)
{
    ib_record_options options;
    ib_record *record;
    ib_record_options_init(&options);
    options.seed = UINT64_MAX;
    options.run = run;
    options.setting = SETTING;
    assert_ok(f->context, ib_record_create(f->context, &options, &record));
    return record;
}

static inline void add_epochs(fixture *f, ib_record *record, uint32_t epochs, double number)
{
    for (uint32_t e = 0; e <= epochs; e++) {
        const ib_epoch epoch = {.struct_size = sizeof epoch,
                                .epoch = e,
                                .running_loss = number + e + 0.125,
                                .running_accuracy = number + e + 0.25,
                                .train_loss = number + e + 0.375,
                                .train_accuracy = number + e + 0.5,
                                .test_loss = number + e + 0.625,
                                .test_accuracy = number + e + 0.75};
        assert_ok(f->context, ib_record_add(record, &epoch));
    }
}

static inline void add_outputs(fixture *f, ib_record *record, uint32_t epoch, float number)
{
    ib_ranges *ranges;
    assert_ok(f->context, ib_ranges_create(f->context, 2, &ranges));
    assert_ok(f->context, ib_ranges_set(ranges, 1, -number, number));
    assert_ok(f->context, ib_ranges_set(ranges, 2, number, 2 * number));
    assert_ok(f->context, ib_record_add_extents(record, epoch, ranges));
    ib_ranges_destroy(ranges);
}

/* Three points: the states of two layers, and the second one by the second estimator of bins. */
static inline void add_points(fixture *f, ib_record *record, uint32_t epoch, double number)
{
    const ib_point points[] = {{.layer = 1}, {.layer = 2}, {.layer = 2, .measure = IB_MEASURE_BINNED, .estimator = 2}};
    for (size_t i = 0; i < 3; i++) {
        ib_point point = points[i];
        point.epoch = epoch;
        point.states = 1000 + (uint64_t)(number + (double)i);
        point.i_xt = number + (double)i;
        point.i_ty = number + (double)i + 0.5;
        assert_ok(f->context, ib_plane_add(ib_record_plane(record), &point));
    }
}

static inline int32_t take(const void *data, size_t size, void *stream)
{
    return fwrite(data, 1, size, stream) == size ? 0 : -1;
}

static inline void save(fixture *f, ib_record *record)
{
    char *bytes = NULL;
    size_t size;
    FILE *stream = open_memstream(&bytes, &size);
    assert_non_null(stream);
    assert_ok(f->context, ib_record_write(record, take, stream));
    assert_int_equal(fclose(stream), 0);
    const uint64_t run = ib_record_get_options(record)->run;
    assert_int_equal(folder_save(&f->study, run, ib_record_outcome(record), bytes, size), 0);
    free(bytes);
    ib_record_destroy(record);
}

/* A run, every number of which is another, measured at the epochs 0 and `second`. */
static inline ib_record *make_run(fixture *f, uint64_t run, uint32_t second)
{
    const double number = 100 * (double)run;
    ib_record *record = create_record(f, run);
    add_epochs(f, record, EPOCHS, number);
    add_points(f, record, 0, number);
    add_points(f, record, second, number + 10);
    add_outputs(f, record, 0, (float)number + 1);
    add_outputs(f, record, second, (float)number + 2);
    assert_ok(f->context, ib_record_set_outcome(record, IB_OUTCOME_GOOD));
    return record;
}

/* Run 0, measured at epochs 0 and 3; and run 2, measured at 0 and 2, begun again twice, and a bad fit. */
static inline void save_two(fixture *f)
{
    ib_record *record = create_record(f, 2);
    for (uint32_t attempt = 0; attempt < 2; attempt++) {
        add_epochs(f, record, 1 + attempt, 0);
        assert_ok(f->context, ib_record_restart(record));
    }
    add_epochs(f, record, EPOCHS, 200);
    add_points(f, record, 0, 200);
    add_points(f, record, 2, 210);
    add_outputs(f, record, 0, 201);
    add_outputs(f, record, 2, 202);
    assert_ok(f->context, ib_record_set_outcome(record, IB_OUTCOME_BAD));
    save(f, record);
    save(f, make_run(f, 0, 3));
}

#endif
