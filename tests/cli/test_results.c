/* results.nc made from the files of runs and read back through NetCDF; on disks and folders that it cannot be written
 * to; and compared with runs that have changed. */
#include "results.h"
#include "runs_in_folder.h"

#include <netcdf.h>

#include <fcntl.h>
#include <math.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

/* --- what is in the file -------------------------------------------------------------------------------------------*/

static void path_of(const fixture *f, const char *name, char path[128])
{
    snprintf(path, 128, "%s/%s", f->study.path, name);
}

static int exists(const fixture *f, const char *name)
{
    char path[128];
    struct stat about;
    path_of(f, name, path);
    return stat(path, &about) == 0;
}

static int open_results(const fixture *f)
{
    char path[128];
    int id;
    path_of(f, RESULTS_NAME, path);
    assert_int_equal(nc_open(path, NC_NOWRITE, &id), NC_NOERR);
    return id;
}

static int variable(int id, const char *name, size_t size)
{
    int where, rank, dimensions[NC_MAX_VAR_DIMS];
    size_t n = 1;
    assert_int_equal(nc_inq_varid(id, name, &where), NC_NOERR);
    assert_int_equal(nc_inq_var(id, where, NULL, NULL, &rank, dimensions, NULL), NC_NOERR);
    for (int i = 0; i < rank; i++) {
        size_t length;
        assert_int_equal(nc_inq_dimlen(id, dimensions[i], &length), NC_NOERR);
        n *= length;
    }
    assert_int_equal(n, size);
    return where;
}

static void assert_counts(int id, const char *name, const long long *expected, size_t n)
{
    long long values[64];
    assert_int_equal(nc_get_var_longlong(id, variable(id, name, n), values), NC_NOERR);
    for (size_t i = 0; i < n; i++)
        assert_int_equal(values[i], expected[i]);
}

static void assert_numbers(int id, const char *name, const double *expected, size_t n)
{
    double values[64];
    assert_int_equal(nc_get_var_double(id, variable(id, name, n), values), NC_NOERR);
    for (size_t i = 0; i < n; i++)
        if (isnan(expected[i]))
            assert_true(isnan(values[i]));
        else
            assert_close(values[i], expected[i], 0, 0);
}

static void assert_text(int id, int where, const char *name, const char *expected)
{
    char text[512] = "";
    size_t length;
    assert_int_equal(nc_inq_attlen(id, where, name, &length), NC_NOERR);
    assert_true(length < sizeof text);
    assert_int_equal(nc_get_att_text(id, where, name, text), NC_NOERR);
    assert_string_equal(text, expected);
}

static void assert_number(int id, const char *name, unsigned long long expected)
{
    unsigned long long value;
    assert_int_equal(nc_get_att_ulonglong(id, NC_GLOBAL, name, &value), NC_NOERR);
    assert_true(value == expected);
}

static const double none = (double)NAN;

static void check_points(int id)
{
    /* [run][epoch][layer][estimator]: epochs 0, 2 and 3, states and bins of layers 1 and 2 */
    const double i_xt[] = {0,   none, 1,   2,   none, none, none, none, 10,   none, 11,   12,
                           200, none, 201, 202, 210,  none, 211,  212,  none, none, none, none};
    double i_ty[24];
    long long states[24];
    for (size_t i = 0; i < 24; i++) {
        i_ty[i] = i_xt[i] + 0.5;
        states[i] = isnan(i_xt[i]) ? -1 : 1000 + (long long)i_xt[i];
    }
    assert_numbers(id, "I_XT", i_xt, 24);
    assert_numbers(id, "I_TY", i_ty, 24);
    assert_counts(id, "states", states, 24);
    assert_text(id, variable(id, "I_XT", 24), "units", "bit");
    assert_text(id, variable(id, "I_TY", 24), "units", "bit");
    assert_numbers(id, "activation_min", (const double[]){-1, 1, none, none, -2, 2, -201, 201, -202, 202, none, none},
                   12);
    assert_numbers(id, "activation_max", (const double[]){1, 2, none, none, 2, 4, 201, 402, 202, 404, none, none}, 12);
}

static void check_labels(int id)
{
    char *names[2];
    assert_int_equal(nc_get_var_string(id, variable(id, "estimator", 2), names), NC_NOERR);
    assert_string_equal(names[0], "state");
    assert_string_equal(names[1], "17-layer");
    nc_free_string(2, names);
    assert_counts(id, "run", (const long long[]){0, 2}, 2);
    assert_counts(id, "epoch", (const long long[]){0, 2, 3}, 3);
    assert_counts(id, "layer", (const long long[]){1, 2}, 2);
    assert_counts(id, "epoch_trained", (const long long[]){0, 1, 2, 3}, 4);
    assert_counts(id, "restart", (const long long[]){0, 1}, 2);
}

static void check_curves(int id)
{
    static const char *const names[] = {"running_loss",   "running_accuracy", "train_loss",
                                        "train_accuracy", "test_loss",        "test_accuracy"};
    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++) {
        double expected[8];
        for (size_t k = 0; k < 8; k++)
            expected[k] = (double)(k < 4 ? k : 196 + k) + 0.125 * (double)(i + 1);
        assert_numbers(id, names[i], expected, 8);
    }
}

static void check_runs(int id)
{
    unsigned long long seeds[2];
    assert_numbers(id, "final_train_accuracy", (const double[]){3.5, 203.5}, 2);
    assert_numbers(id, "final_test_accuracy", (const double[]){3.75, 203.75}, 2);
    assert_counts(id, "restarts", (const long long[]){0, 2}, 2);
    assert_counts(id, "bad_fit", (const long long[]){0, 1}, 2);
    assert_counts(id, "restart_epoch", (const long long[]){-1, -1, 1, 2}, 4);
    assert_numbers(id, "restart_accuracy", (const double[]){none, none, 1.25, 2.25}, 4);
    assert_int_equal(nc_get_var_ulonglong(id, variable(id, "seed", 2), seeds), NC_NOERR);
    assert_true(seeds[0] == UINT64_MAX && seeds[1] == UINT64_MAX);
}

static void two_runs_read_back(void **state)
{
    fixture *f = *state;
    save_two(f);
    assert_int_equal(results_write(&f->study, f->context), 0);
    const int id = open_results(f);
    check_labels(id);
    check_points(id);
    check_curves(id);
    check_runs(id);
    assert_int_equal(nc_close(id), NC_NOERR);
    assert_int_equal(results_compare(&f->study, f->context), RESULTS_AGREE);
}

static void attributes_say_what_was_asked(void **state)
{
    fixture *f = *state;
    double threshold;
    save_two(f);
    assert_int_equal(results_write(&f->study, f->context), 0);
    const int id = open_results(f);
    assert_text(id, NC_GLOBAL, "title", "Information plane: preset official-v1, relu, 4 bits");
    assert_text(
        id, NC_GLOBAL, "history",
        "ib run --preset=official-v1 --activation=relu --bits=4 --split-seed=9 --epochs=3 --batch=256 --optimiser=adam "
        "--momentum=0 --prefit=0 --prefit-reset=none --bins=30,17 --runs=5 --bad-fit=preset "
        "--bad-epoch=1001 --bad-accuracy=0.625 --seed=18446744073709551615");
    assert_text(id, NC_GLOBAL, "kernels", ib_context_kernels(f->context));
    assert_text(id, NC_GLOBAL, "kernels_class",
                ib_context_fused(f->context) ? "with fused multiply-add" : "without fused multiply-add");
    assert_text(id, NC_GLOBAL, "libib_version", ib_version_get());
    assert_text(id, NC_GLOBAL, "bins", "30,17");
    assert_number(id, "seed", UINT64_MAX);
    assert_number(id, "split_seed", 9);
    assert_number(id, "runs", 5); /* as many as were asked for */
    assert_number(id, "restart_from", 0);
    assert_int_equal(nc_get_att_double(id, NC_GLOBAL, "bad_accuracy", &threshold), NC_NOERR);
    assert_true(threshold == 0.625);
    assert_int_equal(nc_close(id), NC_NOERR);
}

/* --- when there is little, or no room ------------------------------------------------------------------------------*/

static int count_entries(const fixture *f, const char *end)
{
    char command[160];
    int n = -1;
    snprintf(command, sizeof command, "ls '%s' | grep -c '%s'", f->study.path, end);
    FILE *pipe = popen(command, "r");
    assert_non_null(pipe);
    assert_int_equal(fscanf(pipe, "%d", &n), 1);
    pclose(pipe);
    return n;
}

/* A file without runs says nothing. */
static void no_run_no_file(void **state)
{
    fixture *f = *state;
    assert_int_equal(results_write(&f->study, f->context), 0);
    assert_int_equal(count_entries(f, "results"), 0);
    assert_int_equal(results_compare(&f->study, f->context), RESULTS_NONE);
}

static void save_empty_run(fixture *f, uint64_t run)
{
    ib_record *record = create_record(f, run);
    assert_ok(f->context, ib_record_set_outcome(record, IB_OUTCOME_GOOD));
    save(f, record);
}

static void runs_without_restarts_or_points(void **state)
{
    fixture *f = *state;
    save(f, make_run(f, 0, 3));
    save_empty_run(f, 1);
    assert_int_equal(results_write(&f->study, f->context), 0);
    int id = open_results(f);
    variable(id, "restart_epoch", 0);
    assert_numbers(id, "final_test_accuracy", (const double[]){3.75, none}, 2);
    assert_int_equal(nc_close(id), NC_NOERR);
    save_two(f);
    save_empty_run(f, 3); /* which does not take the room for restarts from those before it */
    assert_int_equal(results_write(&f->study, f->context), 0);
    id = open_results(f);
    assert_counts(id, "restart_epoch", (const long long[]){-1, -1, -1, -1, 1, 2, -1, -1}, 8);
    assert_int_equal(nc_close(id), NC_NOERR);
}

/* A process of the same number was killed while it wrote. */
static void what_a_killed_program_left(void **state)
{
    fixture *f = *state;
    char name[64], path[128];
    save_two(f);
    snprintf(name, sizeof name, RESULTS_NAME ".%ld.part", (long)getpid());
    path_of(f, name, path);
    FILE *left = fopen(path, "w");
    assert_non_null(left);
    assert_int_equal(fputs("half of a file", left) < 0, 0);
    assert_int_equal(fclose(left), 0);
    assert_int_equal(results_write(&f->study, f->context), 0);
    assert_int_equal(results_compare(&f->study, f->context), RESULTS_AGREE);
    assert_int_equal(count_entries(f, "part"), 0);
}

/* Points that the study cannot have are told, and there is no file. */
static void points_of_another_study(void **state)
{
    fixture *f = *state;
    static const ib_point wrong[] = {{.layer = 0},
                                     {.layer = 1, .measure = IB_MEASURE_COUNT},
                                     {.layer = 1, .estimator = 1},
                                     {.layer = 1, .measure = IB_MEASURE_BINNED},
                                     {.layer = 1, .measure = IB_MEASURE_BINNED, .estimator = 3}};
    for (size_t i = 0; i < sizeof wrong / sizeof wrong[0]; i++) {
        ib_record *record = make_run(f, 0, 3);
        assert_ok(f->context, ib_plane_add(ib_record_plane(record), &wrong[i]));
        save(f, record);
        assert_int_equal(results_write(&f->study, f->context), -1);
        assert_int_equal(count_entries(f, "results"), 0);
    }
}

static void save_long_run(fixture *f, uint64_t run)
{
    ib_record *record = create_record(f, run);
    for (uint32_t e = 0; e < 2000; e++) {
        const ib_epoch epoch = {.struct_size = sizeof epoch, .epoch = e, .running_loss = test_random_uniform()};
        assert_ok(f->context, ib_record_add(record, &epoch));
        add_points(f, record, e, test_random_uniform());
    }
    assert_ok(f->context, ib_record_set_outcome(record, IB_OUTCOME_GOOD));
    save(f, record);
}

/* A disk that is full at the first run, or later. HDF5 lives on after that, and so does the program; and what was there
 * before is there still. */
static void full_disks(void **state)
{
    fixture *f = *state;
    static const rlim_t sizes[] = {100, 60000, 200000};
    struct rlimit before, now;
    save(f, make_run(f, 0, 3));
    assert_int_equal(results_write(&f->study, f->context), 0);
    for (uint64_t run = 0; run < 5; run++)
        save_long_run(f, run);
    assert_int_equal(getrlimit(RLIMIT_FSIZE, &before), 0);
    signal(SIGXFSZ, SIG_IGN);
    for (size_t i = 0; i < sizeof sizes / sizeof sizes[0]; i++) {
        now = before;
        now.rlim_cur = sizes[i];
        assert_int_equal(setrlimit(RLIMIT_FSIZE, &now), 0);
        const int failed = results_write(&f->study, f->context);
        assert_int_equal(setrlimit(RLIMIT_FSIZE, &before), 0);
        assert_int_equal(failed, -1);
        assert_int_equal(count_entries(f, "results"), 1);
        const int id = open_results(f);
        assert_counts(id, "run", (const long long[]){0}, 1);
        assert_int_equal(nc_close(id), NC_NOERR);
    }
    assert_int_equal(results_write(&f->study, f->context), 0);
    assert_int_equal(results_compare(&f->study, f->context), RESULTS_AGREE);
}

/* Something with the name that the file is to get: a folder cannot be replaced by it. */
static void a_name_that_is_taken(void **state)
{
    fixture *f = *state;
    char path[128];
    save_two(f);
    path_of(f, RESULTS_NAME, path);
    assert_int_equal(mkdir(path, 0700), 0);
    assert_int_equal(results_write(&f->study, f->context), -1);
    assert_int_equal(count_entries(f, "part"), 0);
    assert_true(exists(f, RESULTS_NAME));
}

/* A run that cannot be read: the older file stays. */
static void a_run_that_is_damaged(void **state)
{
    fixture *f = *state;
    save_two(f);
    assert_int_equal(results_write(&f->study, f->context), 0);
    assert_int_equal(folder_save(&f->study, 1, IB_OUTCOME_GOOD, "nonsense", 8), 0);
    assert_int_equal(results_write(&f->study, f->context), -1);
    assert_int_equal(count_entries(f, "results"), 1);
    assert_int_equal(results_compare(&f->study, f->context), RESULTS_FAILED);
}

/* --- comparing -----------------------------------------------------------------------------------------------------*/

static void runs_that_have_changed(void **state)
{
    fixture *f = *state;
    for (int change = 0; change < 6; change++) {
        save_two(f);
        assert_int_equal(results_write(&f->study, f->context), 0);
        assert_int_equal(results_compare(&f->study, f->context), RESULTS_AGREE);
        ib_record *record = make_run(f, 0, change == 0 ? 2 : 3); /* epoch 3 is gone */
        if (change == 1)
            ((ib_point *)ib_plane_points(ib_record_plane(record)))[4].i_xt += 1e-15;
        if (change == 2)
            ((ib_extent *)ib_record_extents(record, NULL))[3].max *= 2;
        if (change == 3)
            ((ib_epoch *)ib_record_epochs(record, NULL))[2].train_loss = -0.0;
        if (change == 4)
            assert_ok(f->context, ib_record_set_outcome(record, IB_OUTCOME_BAD));
        if (change == 5)
            save(f, make_run(f, 1, 3)); /* a third run */
        save(f, record);
        assert_int_equal(results_compare(&f->study, f->context), RESULTS_DIFFER);
    }
}

/* The same runs make the same bytes. */
static void bytes_are_reproducible(void **state)
{
    fixture *f = *state;
    char path[128], copy[128], command[320];
    save_two(f);
    path_of(f, RESULTS_NAME, path);
    path_of(f, "copy", copy);
    assert_int_equal(results_write(&f->study, f->context), 0);
    assert_int_equal(rename(path, copy), 0);
    assert_int_equal(results_write(&f->study, f->context), 0);
    snprintf(command, sizeof command, "cmp '%s' '%s'", path, copy);
    assert_int_equal(system(command), 0);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, create_fixture, destroy_fixture)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(two_runs_read_back),
        TEST(attributes_say_what_was_asked),
        TEST(no_run_no_file),
        TEST(runs_without_restarts_or_points),
        TEST(what_a_killed_program_left),
        TEST(points_of_another_study),
        TEST(full_disks),
        TEST(a_name_that_is_taken),
        TEST(a_run_that_is_damaged),
        TEST(runs_that_have_changed),
        TEST(bytes_are_reproducible),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
