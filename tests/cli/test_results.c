/* results.nc read back through NetCDF, and on disks and folders that it cannot be written to. */
#include "results.h"
#include "support.h"

#include "scratch.h"

#include <netcdf.h>

#include <fcntl.h>
#include <math.h>
#include <signal.h>
#include <sys/resource.h>
#include <sys/stat.h>

enum { EPOCHS = 3, POINTS = 6 };

/* A run whose layer 2 is measured by its bins, too, at epochs 0 and 3. */
typedef struct fake_run {
    ib_point points[POINTS];
    curve_row curve[EPOCHS + 1];
    run_result result;
} fake_run;

/* Every number of the run is another. */
static void make_run(fake_run *fake, uint64_t run)
{
    static const struct {
        uint32_t epoch, layer, measure;
    } keys[POINTS] = {{0, 1, 0}, {0, 2, 0}, {0, 2, 2}, {3, 1, 0}, {3, 2, 0}, {3, 2, 2}};
    double number = 100 * (double)run;
    memset(fake, 0, sizeof *fake);
    for (size_t i = 0; i < POINTS; i++, number++)
        fake->points[i] = (ib_point){.epoch = keys[i].epoch,
                                     .layer = keys[i].layer,
                                     .measure = keys[i].measure,
                                     .states = 1000 + (uint64_t)number,
                                     .i_xt = number,
                                     .i_ty = number + 0.5};
    for (size_t i = 0; i <= EPOCHS; i++, number++)
        fake->curve[i] = (curve_row){.train_loss = number + 0.1,
                                     .train_accuracy = run == 1 ? 0.54 : 0.55,
                                     .test_accuracy = number + 0.2,
                                     .test_loss = number + 0.3,
                                     .after_loss = number + 0.4,
                                     .after_accuracy = number + 0.6};
    fake->result = (run_result){.run = run,
                                .points = fake->points,
                                .n_points = POINTS,
                                .curve = fake->curve,
                                .epochs = EPOCHS,
                                .train_accuracy = number,
                                .test_accuracy = number + 1,
                                .bad_accuracy = 0.55,
                                .restarts = (uint32_t)run * 2};
}

static settings asked_in(const scratch *s)
{
    return (settings){.preset = IB_PRESET_OFFICIAL_V1,
                      .activation = IB_ACTIVATION_RELU,
                      .bits = 4,
                      .runs = 5,
                      .epochs = EPOCHS,
                      .seed = UINT64_MAX,
                      .own_split = 1,
                      .split_seed = 9,
                      .out = s->folder};
}

/* Writes `runs` runs; what ends it well or badly is asserted by the caller. */
static results *begin(const settings *asked, uint64_t runs)
{
    results *r = NULL;
    assert_int_equal(results_create(&r, asked, "portable"), 0);
    assert_non_null(r);
    for (uint64_t run = 0; run < runs; run++) {
        fake_run fake;
        make_run(&fake, run);
        assert_int_equal(results_add(r, &fake.result), 0);
    }
    return r;
}

static int exists(const scratch *s, const char *name)
{
    char path[128];
    struct stat about;
    scratch_path(s, name, path, sizeof path);
    return stat(path, &about) == 0;
}

/* Nothing is left of the file, under either name. */
static void assert_gone(const scratch *s)
{
    assert_false(exists(s, "results.nc.part"));
    assert_false(exists(s, "results.nc"));
}

static int open_results(const scratch *s)
{
    char path[128];
    int id;
    scratch_path(s, "results.nc", path, sizeof path);
    assert_int_equal(nc_open(path, NC_NOWRITE, &id), NC_NOERR);
    return id;
}

static void close_results(const scratch *s, int id)
{
    char path[128];
    assert_int_equal(nc_close(id), NC_NOERR);
    scratch_path(s, "results.nc", path, sizeof path);
    assert_int_equal(remove(path), 0);
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
    char text[320] = "";
    size_t length;
    assert_int_equal(nc_inq_attlen(id, where, name, &length), NC_NOERR);
    assert_true(length < sizeof text);
    assert_int_equal(nc_get_att_text(id, where, name, text), NC_NOERR);
    assert_string_equal(text, expected);
}

static void check_points(int id)
{
    /* [run][epoch][layer][estimator]: layer 1 has no bins of its own */
    static const double x = (double)NAN;
    const double i_xt[] = {0, x, 1, 2, 3, x, 4, 5, 100, x, 101, 102, 103, x, 104, 105};
    double i_ty[16];
    long long states[16];
    for (size_t i = 0; i < 16; i++) {
        i_ty[i] = i_xt[i] + 0.5;
        states[i] = isnan(i_xt[i]) ? -1 : 1000 + (long long)i_xt[i];
    }
    assert_numbers(id, "I_XT", i_xt, 16);
    assert_numbers(id, "I_TY", i_ty, 16);
    assert_counts(id, "states", states, 16);
    assert_text(id, variable(id, "I_XT", 16), "units", "bit");
    assert_text(id, variable(id, "I_TY", 16), "units", "bit");
}

static void check_labels(int id)
{
    char *names[2];
    int where = variable(id, "estimator", 2);
    assert_int_equal(nc_get_var_string(id, where, names), NC_NOERR);
    assert_string_equal(names[0], "state");
    assert_string_equal(names[1], "rebinned");
    nc_free_string(2, names);
    assert_counts(id, "run", (const long long[]){0, 1}, 2);
    assert_counts(id, "epoch", (const long long[]){0, 3}, 2);
    assert_counts(id, "layer", (const long long[]){1, 2}, 2);
    assert_counts(id, "epoch_trained", (const long long[]){0, 1, 2, 3}, 4);
}

static void check_curves(int id)
{
    static const struct {
        const char *name;
        double offset;
    } curves[] = {{"running_loss", 0.1},
                  {"test_accuracy", 0.2},
                  {"test_loss", 0.3},
                  {"train_loss", 0.4},
                  {"train_accuracy", 0.6}};
    for (size_t i = 0; i < sizeof curves / sizeof curves[0]; i++) {
        double expected[8];
        for (size_t k = 0; k < 8; k++)
            expected[k] = (double)(k < 4 ? 6 + k : 102 + k) + curves[i].offset;
        assert_numbers(id, curves[i].name, expected, 8);
    }
    assert_numbers(id, "running_accuracy", (const double[]){0.55, 0.55, 0.55, 0.55, 0.54, 0.54, 0.54, 0.54}, 8);
}

static void check_runs(int id)
{
    assert_numbers(id, "final_train_accuracy", (const double[]){10, 110}, 2);
    assert_numbers(id, "final_test_accuracy", (const double[]){11, 111}, 2);
    assert_counts(id, "restarts", (const long long[]){0, 2}, 2);
    assert_counts(id, "bad_fit", (const long long[]){0, 1}, 2);
}

static void two_runs_read_back(void **state)
{
    (void)state;
    scratch s;
    scratch_make(&s);
    const settings asked = asked_in(&s);
    results *r = begin(&asked, 2);
    assert_true(exists(&s, "results.nc.part"));
    assert_false(exists(&s, "results.nc")); /* not before it is whole */
    assert_int_equal(results_close(r), 0);
    assert_false(exists(&s, "results.nc.part"));
    int id = open_results(&s);
    check_labels(id);
    check_points(id);
    check_curves(id);
    check_runs(id);
    close_results(&s, id);
    scratch_remove(&s);
}

static void attributes_say_what_was_asked(void **state)
{
    (void)state;
    scratch s;
    unsigned long long seed;
    scratch_make(&s);
    const settings asked = asked_in(&s);
    assert_int_equal(results_close(begin(&asked, 1)), 0);
    int id = open_results(&s);
    assert_text(id, NC_GLOBAL, "title", "Information plane: preset official-v1, relu, 4 bits");
    assert_text(id, NC_GLOBAL, "history",
                "ib run --preset official-v1 --activation relu --bits 4 --runs 5 --epochs 3 "
                "--seed 18446744073709551615 --split-seed 9");
    assert_text(id, NC_GLOBAL, "kernels", "portable");
    assert_text(id, NC_GLOBAL, "libib_version", ib_version_get());
    assert_int_equal(nc_get_att_ulonglong(id, NC_GLOBAL, "seed", &seed), NC_NOERR);
    assert_true(seed == UINT64_MAX);
    assert_int_equal(nc_get_att_ulonglong(id, NC_GLOBAL, "split_seed", &seed), NC_NOERR);
    assert_int_equal(seed, 9);
    close_results(&s, id);
    scratch_remove(&s);
}

/* A file without runs says nothing. */
static void no_run_no_file(void **state)
{
    (void)state;
    scratch s;
    scratch_make(&s);
    const settings asked = asked_in(&s);
    assert_int_equal(results_close(begin(&asked, 0)), 0);
    assert_gone(&s);
    scratch_remove(&s);
    assert_int_equal(results_add(NULL, NULL), 0);
    assert_int_equal(results_close(NULL), 0);
}

/* Runs that are not like those before: other epochs, layers, measures, numbers of points or epochs. */
static void runs_that_do_not_fit(void **state)
{
    (void)state;
    for (int wrong = 0; wrong < 7; wrong++) {
        scratch s;
        fake_run fake;
        scratch_make(&s);
        const settings asked = asked_in(&s);
        results *r = begin(&asked, wrong == 6 ? 0 : 1);
        make_run(&fake, 1);
        switch (wrong) {
        case 0:
            fake.points[5].epoch = 4;
            break;
        case 1:
            fake.points[3].layer = 3;
            break;
        case 2:
            fake.points[1].measure = IB_MEASURE_OUTPUT;
            break;
        case 3:
            fake.result.n_points = 3;
            break;
        case 4:
            fake.result.epochs = 2;
            break;
        case 5:
            fake.result.n_points = 0;
            break;
        default:
            fake.points[0].layer = 0; /* wrong for a first run, too */
            break;
        }
        assert_int_equal(results_add(r, &fake.result), -1);
        assert_gone(&s);
        assert_int_equal(results_add(r, &fake.result), 0); /* there is no file any more */
        assert_int_equal(results_close(r), 0);
        scratch_remove(&s);
    }
}

/* Adds runs until one fails. How many were added. */
static uint64_t fill_up(results *r)
{
    for (uint64_t run = 0; run < 10000; run++) {
        fake_run fake;
        make_run(&fake, run);
        if (results_add(r, &fake.result))
            return run;
    }
    return UINT64_MAX;
}

/* A disk that is full at the first run, or later. HDF5 lives on after that, and so does the program. */
static void full_disks(void **state)
{
    (void)state;
    static const rlim_t sizes[] = {100, 100000};
    struct rlimit before, now;
    assert_int_equal(getrlimit(RLIMIT_FSIZE, &before), 0);
    signal(SIGXFSZ, SIG_IGN);
    for (size_t i = 0; i < 2; i++) {
        scratch s;
        scratch_make(&s);
        const settings asked = asked_in(&s);
        results *r = begin(&asked, 0);
        now = before;
        now.rlim_cur = sizes[i];
        assert_int_equal(setrlimit(RLIMIT_FSIZE, &now), 0);
        uint64_t added = fill_up(r);
        assert_int_equal(setrlimit(RLIMIT_FSIZE, &before), 0);
        assert_in_range(added, i == 0 ? 0 : 1, i == 0 ? 0 : 1000);
        assert_gone(&s);
        assert_int_equal(results_close(r), 0);
        scratch_remove(&s);
    }
}

/* A folder that is gone, and one that holds a file of that name. */
static void places_that_cannot_be_used(void **state)
{
    (void)state;
    scratch s;
    char path[128];
    results *r = NULL;
    scratch_make(&s);
    const settings asked = asked_in(&s);
    scratch_path(&s, "results.nc.part", path, sizeof path);
    int other = open(path, O_CREAT | O_WRONLY, 0600);
    assert_true(other >= 0);
    close(other);
    assert_int_equal(results_create(&r, &asked, "portable"), -1);
    assert_null(r);
    assert_true(exists(&s, "results.nc.part")); /* not ours to remove */
    remove(path);
    /* Something with the name that the file is to get: a folder cannot be replaced by it. */
    r = begin(&asked, 1);
    scratch_path(&s, "results.nc", path, sizeof path);
    assert_int_equal(mkdir(path, 0700), 0);
    assert_int_equal(results_close(r), -1);
    assert_false(exists(&s, "results.nc.part"));
    rmdir(path);
    scratch_remove(&s);
    r = NULL;
    assert_int_equal(results_create(&r, &asked, "portable"), -1);
    assert_null(r);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(two_runs_read_back), cmocka_unit_test(attributes_say_what_was_asked),
        cmocka_unit_test(no_run_no_file),     cmocka_unit_test(runs_that_do_not_fit),
        cmocka_unit_test(full_disks),         cmocka_unit_test(places_that_cannot_be_used),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
