#include "reals.h"

#include "estimate/estimator.h"
#include "estimate/fixed.h"
#include "estimate/sample.h"

#include <float.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#define COUNT(array) (sizeof(array) / sizeof(array)[0])

static int32_t constant(const ib_estimator_input *input, ib_estimate *estimate, void *user_data)
{
    (void)input;
    estimate->i_xt = *(const double *)user_data;
    return 0;
}

/* --- an estimator of a caller -------------------------------------------------------------------------------------*/

static ib_estimator estimator_of(const char *name)
{
    static double value = 3;
    ib_estimator estimator;
    ib_estimator_init(&estimator);
    estimator.name = name;
    estimator.setting = UINT64_MAX - 5;
    estimator.measure = constant;
    estimator.user_data = &value;
    return estimator;
}

static void init_empties(void **state)
{
    (void)state;
    ib_estimator estimator, zero;
    memset(&estimator, 77, sizeof estimator);
    memset(&zero, 0, sizeof zero);
    zero.struct_size = sizeof zero;
    ib_estimator_init(&estimator);
    assert_memory_equal(&estimator, &zero, sizeof zero);
    ib_estimator_init(NULL);
}

static void is_copied(void **state)
{
    (void)state;
    ib_context *context = test_context(NULL);
    static const char *const names[] = {"a", "z", "0", "9", "-", "kde-upper", "0123456789-abcdefghijklmnopqrst"};
    for (size_t i = 0; i < COUNT(names); i++) {
        char name[64];
        ib_i_estimator copy;
        strcpy(name, names[i]);
        const ib_estimator given = estimator_of(name);
        assert_ok(context, ib_i_estimator_resolve(context, &given, &copy));
        memset(name, 'x', sizeof name); /* it does not need the caller's any more */
        assert_string_equal(copy.name, names[i]);
        assert_true(copy.setting == UINT64_MAX - 5 && copy.measure == constant && copy.user_data == given.user_data);
    }
    ib_context_destroy(context);
}

static void wrong_ones_are_refused(void **state)
{
    (void)state;
    ib_context *context = test_context(NULL);
    static const char *const names[] = {
        "", "A", "a b", "a_b", "\xc3\xa4", "a\n", "/", ":", "`", "{", ".", "0123456789-abcdefghijklmnopqrstu",
    };
    ib_i_estimator copy, before;
    memset(&copy, 77, sizeof copy);
    before = copy;
    for (size_t i = 0; i < COUNT(names); i++) {
        const ib_estimator given = estimator_of(names[i]);
        assert_fails(context, IB_ERR_ARG, "name: expected 1 to 31", ib_i_estimator_resolve(context, &given, &copy));
    }
    ib_estimator given = estimator_of(NULL);
    assert_fails(context, IB_ERR_ARG, "name is NULL", ib_i_estimator_resolve(context, &given, &copy));
    assert_fails(context, IB_ERR_ARG, "estimator", ib_i_estimator_resolve(context, NULL, &copy));
    given = estimator_of("a");
    given.measure = NULL;
    assert_fails(context, IB_ERR_ARG, "measure", ib_i_estimator_resolve(context, &given, &copy));
    given = estimator_of("a");
    given.reserved = 1;
    assert_fails(context, IB_ERR_UNSUPPORTED, "reserved", ib_i_estimator_resolve(context, &given, &copy));
    given = estimator_of("a");
    given.struct_size = 0;
    assert_fails(context, IB_ERR_ARG, "struct_size", ib_i_estimator_resolve(context, &given, &copy));
    assert_memory_equal(&copy, &before, sizeof copy);
    ib_context_destroy(context);
}

/* A caller of a later release may know more members, if they are 0. */
static void later_callers(void **state)
{
    (void)state;
    ib_context *context = test_context(NULL);
    struct {
        ib_estimator known;
        uint64_t more;
    } given = {.known = estimator_of("later"), .more = 0};
    ib_i_estimator copy;
    given.known.struct_size = sizeof given;
    assert_ok(context, ib_i_estimator_resolve(context, &given.known, &copy));
    given.more = 1;
    assert_fails(context, IB_ERR_UNSUPPORTED, "newer", ib_i_estimator_resolve(context, &given.known, &copy));
    ib_context_destroy(context);
}

/* --- the library's own --------------------------------------------------------------------------------------------*/

static ib_estimate ask(ib_context *context, const ib_estimator *estimator, const ib_tensor *x, const ib_tensor *t,
                       const uint32_t *labels)
{
    const ib_estimator_input input = {sizeof input, 3, context, x, t, labels, 1, 7};
    ib_estimate estimate = {sizeof estimate, 0, NAN, NAN};
    assert_ok(context, estimator->measure(&input, &estimate, estimator->user_data));
    return estimate;
}

/* Each says what its functions say, with the options that were given. */
static void own_ones(void **state)
{
    (void)state;
    ib_context *context = test_context(NULL);
    uint32_t labels[40];
    ib_tensor *x = reals_normal(context, 40, 2), *t = reals_normal(context, 40, 3);
    ib_kde_options kde = {.struct_size = sizeof kde, .bound = IB_KDE_LOWER, .variance = 0.3};
    ib_knn_options knn = {
        .struct_size = sizeof knn, .neighbours = 4, .algorithm = IB_KNN_KSG2, .noise = 0.1, .seed = 9};
    ib_edge_options edge = {.struct_size = sizeof edge, .ensemble = 4, .width = 0.3, .seed = 5};
    ib_renyi_options renyi = {.struct_size = sizeof renyi, .alpha = 2, .input_width = 0.4, .width = 0.7};
    for (size_t i = 0; i < 40; i++)
        labels[i] = (uint32_t)test_random_below(3);
    for (int defaults = 0; defaults < 2; defaults++) {
        ib_estimator e;
        ib_estimate direct = {0}, found;
        double i_xt, i_ty;
        assert_ok(context, ib_kde_estimator(context, defaults ? NULL : &kde, &e));
        assert_string_equal(e.name, defaults ? "kde-upper" : "kde-lower");
        assert_ok(context, ib_kde_measure(context, t, labels, 3, defaults ? NULL : &kde, &direct));
        found = ask(context, &e, x, t, labels);
        assert_memory_equal(&found, &direct, sizeof found);

        assert_ok(context, ib_knn_estimator(context, defaults ? NULL : &knn, &e));
        assert_string_equal(e.name, defaults ? "ksg1" : "ksg2");
        assert_ok(context, ib_knn_mutual(context, x, t, defaults ? NULL : &knn, &i_xt));
        assert_ok(context, ib_knn_mutual_labels(context, t, labels, 3, defaults ? NULL : &knn, &i_ty));
        found = ask(context, &e, x, t, labels);
        assert_same_bits(found.i_xt, i_xt);
        assert_same_bits(found.i_ty, i_ty);

        assert_ok(context, ib_edge_estimator(context, defaults ? NULL : &edge, &e));
        assert_string_equal(e.name, "edge");
        assert_ok(context, ib_edge_mutual(context, x, t, defaults ? NULL : &edge, &i_xt));
        assert_ok(context, ib_edge_mutual_labels(context, t, labels, 3, defaults ? NULL : &edge, &i_ty));
        found = ask(context, &e, x, t, labels);
        assert_same_bits(found.i_xt, i_xt);
        assert_same_bits(found.i_ty, i_ty);

        assert_ok(context, ib_renyi_estimator(context, defaults ? NULL : &renyi, &e));
        assert_string_equal(e.name, "renyi");
        assert_ok(context, ib_renyi_mutual(context, x, t, defaults ? NULL : &renyi, &i_xt));
        assert_ok(context, ib_renyi_mutual_labels(context, t, labels, 3, defaults ? NULL : &renyi, &i_ty));
        found = ask(context, &e, x, t, labels);
        assert_same_bits(found.i_xt, i_xt);
        assert_same_bits(found.i_ty, i_ty);
    }
    ib_tensor_destroy(x);
    ib_tensor_destroy(t);
    ib_context_destroy(context);
}

/* Normal numbers of the library's own, the same on every machine: T has noise and some of X in it. */
static void fill_pinned(ib_context *context, ib_tensor *x, ib_tensor *t, uint32_t *labels)
{
    ib_rng *rng = NULL;
    assert_ok(context, ib_rng_create(context, 1, IB_STREAM_USER, &rng));
    for (size_t i = 0; i < ib_tensor_shape(x, 0); i++) {
        for (size_t c = 0; c < 2; c++)
            ib_tensor_data(x)[2 * i + c] = (float)ib_rng_get_normal(rng);
        for (size_t c = 0; c < 3; c++)
            ib_tensor_data(t)[3 * i + c] = (float)ib_rng_get_normal(rng) + (c ? ib_tensor_data(x)[2 * i + c - 1] : 0);
        labels[i] = ib_tensor_data(x)[2 * i] > 0 ? 1 : ib_rng_get_below(rng, 3);
    }
    ib_rng_destroy(rng);
}

/* The same bits from every compiler and machine. */
static void pinned(void **state)
{
    (void)state;
    ib_context *context = test_context(NULL);
    enum { ROWS = 600 };
    uint32_t labels[ROWS];
    const ib_kde_options lower = {.struct_size = sizeof lower, .bound = IB_KDE_LOWER};
    const ib_knn_options ksg2 = {.struct_size = sizeof ksg2, .algorithm = IB_KNN_KSG2, .noise = 0.01};
    ib_tensor *x = reals_of(context, NULL, ROWS, 2), *t = reals_of(context, NULL, ROWS, 3);
    fill_pinned(context, x, t, labels);
    static const double values[6][2] = {
        {0x1.dbebce385118ep+2, 0x1.3a7248abed1ep-1},  {0x1.440da1fa5582ap+2, 0x1.01f92f5a08c6bp-2},
        {0x1.82fa0ce7fb53fp-1, 0x1.dae37e153d0f6p-4}, {0x1.9c9b6cc345b96p-1, 0x1.ec3c94b338ff8p-4},
        {0x1.efa9b57d81afap+0, 0x1.2232a70b39d8cp-2}, {0x1.6d971134799b4p+1, 0x1.1de4a41042bap-2},
    };
    ib_estimator own[6];
    assert_ok(context, ib_kde_estimator(context, NULL, &own[0]));
    assert_ok(context, ib_kde_estimator(context, &lower, &own[1]));
    assert_ok(context, ib_knn_estimator(context, NULL, &own[2]));
    assert_ok(context, ib_knn_estimator(context, &ksg2, &own[3]));
    assert_ok(context, ib_edge_estimator(context, NULL, &own[4]));
    assert_ok(context, ib_renyi_estimator(context, NULL, &own[5]));
    for (size_t i = 0; i < COUNT(own); i++) {
        const ib_estimate found = ask(context, &own[i], x, t, labels);
        assert_same_bits(found.i_xt, values[i][0]);
        assert_same_bits(found.i_ty, values[i][1]);
    }
    ib_tensor_destroy(x);
    ib_tensor_destroy(t);
    ib_context_destroy(context);
}

/* What an estimator of the library's own is added to can take it as it is. */
static void own_ones_resolve(void **state)
{
    (void)state;
    ib_context *context = test_context(NULL);
    ib_estimator own[4];
    ib_i_estimator copy;
    assert_ok(context, ib_kde_estimator(context, NULL, &own[0]));
    assert_ok(context, ib_knn_estimator(context, NULL, &own[1]));
    assert_ok(context, ib_edge_estimator(context, NULL, &own[2]));
    assert_ok(context, ib_renyi_estimator(context, NULL, &own[3]));
    for (size_t i = 0; i < COUNT(own); i++) {
        assert_ok(context, ib_i_estimator_resolve(context, &own[i], &copy));
        assert_true(copy.setting == own[i].setting && copy.user_data == NULL);
    }
    ib_context_destroy(context);
}

static uint64_t setting_of_kde(ib_context *context, uint32_t bound, double variance)
{
    const ib_kde_options options = {.struct_size = sizeof options, .bound = bound, .variance = variance};
    ib_estimator e;
    assert_ok(context, ib_kde_estimator(context, &options, &e));
    return e.setting;
}

static uint64_t setting_of_knn(ib_context *context, uint32_t k, uint32_t algorithm, double noise, uint64_t seed)
{
    const ib_knn_options options = {sizeof options, k, algorithm, 0, noise, seed};
    ib_estimator e;
    assert_ok(context, ib_knn_estimator(context, &options, &e));
    return e.setting;
}

static uint64_t setting_of_edge(ib_context *context, uint32_t ensemble, double width, uint64_t seed)
{
    const ib_edge_options options = {sizeof options, ensemble, width, seed};
    ib_estimator e;
    assert_ok(context, ib_edge_estimator(context, &options, &e));
    return e.setting;
}

static int32_t no_eigenvalues(size_t n, double *matrix, double *values, void *user_data)
{
    (void)n;
    (void)matrix;
    (void)values;
    (void)user_data;
    return -1;
}

static uint64_t setting_of_renyi(ib_context *context, double alpha, double input_width, double width)
{
    const ib_renyi_options options = {sizeof options, 0, alpha, input_width, width, no_eigenvalues, NULL};
    ib_estimator e;
    assert_ok(context, ib_renyi_estimator(context, &options, &e));
    return e.setting;
}

/* Whatever decides the values decides the setting, and defaults are what they stand for. */
static void settings(void **state)
{
    (void)state;
    ib_context *context = test_context(NULL);
    const uint64_t all[] = {
        setting_of_kde(context, 0, 0.1),       setting_of_kde(context, 1, 0.1),
        setting_of_kde(context, 0, 0.2),       setting_of_knn(context, 3, 0, 0, 0),
        setting_of_knn(context, 4, 0, 0, 0),   setting_of_knn(context, 3, 1, 0, 0),
        setting_of_knn(context, 3, 0, 0.1, 0), setting_of_knn(context, 3, 0, 0, 1),
        setting_of_edge(context, 10, 0, 0),    setting_of_edge(context, 9, 0, 0),
        setting_of_edge(context, 10, 1, 0),    setting_of_edge(context, 10, 0, 1),
        setting_of_renyi(context, 2, 0, 0),    setting_of_renyi(context, 3, 0, 0),
        setting_of_renyi(context, 2, 1, 0),    setting_of_renyi(context, 1.01, 0, 0.5),
    };
    for (size_t i = 0; i < COUNT(all); i++)
        for (size_t j = 0; j < i; j++)
            assert_true(all[i] != all[j]);
    assert_true(setting_of_kde(context, 0, 0) == all[0]);
    assert_true(setting_of_knn(context, 0, 0, 0, 0) == all[3]);
    assert_true(setting_of_edge(context, 0, 0, 0) == all[8]);
    assert_true(setting_of_renyi(context, 0, 0, 0) == all[12]);
    ib_context_destroy(context);
}

/* What fails leaves the estimator, or the estimate, as it was, and the message of the cause. */
static void own_ones_refuse(void **state)
{
    (void)state;
    ib_context *context = test_context(NULL);
    const ib_kde_options kde = {.struct_size = sizeof kde, .variance = -1};
    const ib_knn_options knn = {.struct_size = sizeof knn, .noise = -1};
    const ib_edge_options edge = {.struct_size = sizeof edge, .width = -1};
    const ib_renyi_options renyi = {.struct_size = sizeof renyi, .alpha = -1};
    ib_estimator e = estimator_of("before");
    const ib_estimator before = e;
    assert_fails(context, IB_ERR_RANGE, "variance", ib_kde_estimator(context, &kde, &e));
    assert_fails(context, IB_ERR_RANGE, "noise", ib_knn_estimator(context, &knn, &e));
    assert_fails(context, IB_ERR_RANGE, "width", ib_edge_estimator(context, &edge, &e));
    assert_fails(context, IB_ERR_RANGE, "alpha", ib_renyi_estimator(context, &renyi, &e));
    assert_int_equal(ib_kde_estimator(NULL, NULL, &e), IB_ERR_ARG);
    assert_int_equal(ib_knn_estimator(NULL, NULL, &e), IB_ERR_ARG);
    assert_int_equal(ib_edge_estimator(NULL, NULL, &e), IB_ERR_ARG);
    assert_int_equal(ib_renyi_estimator(NULL, NULL, &e), IB_ERR_ARG);
    assert_memory_equal(&e, &before, sizeof e);
    assert_fails(context, IB_ERR_ARG, "estimator", ib_kde_estimator(context, NULL, NULL));
    assert_fails(context, IB_ERR_ARG, "estimator", ib_knn_estimator(context, NULL, NULL));
    assert_fails(context, IB_ERR_ARG, "estimator", ib_edge_estimator(context, NULL, NULL));
    assert_fails(context, IB_ERR_ARG, "estimator", ib_renyi_estimator(context, NULL, NULL));

    const uint32_t labels[6] = {0, 0, 1, 1, 2, 2}, bad[6] = {0, 0, 1, 1, 2, 3};
    ib_tensor *x = reals_normal(context, 6, 1);
    ib_estimator own[4];
    assert_ok(context, ib_kde_estimator(context, NULL, &own[0]));
    assert_ok(context, ib_knn_estimator(context, NULL, &own[1]));
    assert_ok(context, ib_edge_estimator(context, NULL, &own[2]));
    assert_ok(context, ib_renyi_estimator(context, NULL, &own[3]));
    for (size_t i = 0; i < COUNT(own); i++) {
        const ib_estimator_input input = {sizeof input, 3, context, x, x, bad, 1, 7};
        ib_estimate estimate = {sizeof estimate, 0, 77, 77};
        assert_fails(context, IB_ERR_RANGE, "labels[5]", own[i].measure(&input, &estimate, own[i].user_data));
        assert_true(estimate.i_xt == 77 && estimate.i_ty == 77);
        ask(context, &own[i], x, x, labels);
    }
    ib_tensor_destroy(x);
    ib_context_destroy(context);
}

/* --- parts --------------------------------------------------------------------------------------------------------*/

static double deviation_of(ib_context *context, const ib_tensor *tensor, size_t column)
{
    ib_i_sample sample;
    assert_ok(context, ib_i_sample_read(context, "x", tensor, &sample));
    const double deviation = ib_i_sample_deviation(&sample, column);
    ib_i_sample_free(&sample);
    return deviation;
}

static void deviations(void **state)
{
    (void)state;
    ib_context *context = test_context(NULL);
    enum { ROWS = 300 };
    for (size_t r = 0; r < 50; r++) {
        const double offset = r % 3 ? 1000 * test_random_uniform() : 0;
        uint32_t order[ROWS];
        ib_tensor *x = reals_normal(context, ROWS, 2);
        double mean = 0, square = 0;
        for (size_t i = 0; i < ROWS; i++) {
            ib_tensor_data(x)[2 * i + 1] = (float)(offset + (double)ib_tensor_data(x)[2 * i + 1]);
            mean += (double)ib_tensor_data(x)[2 * i + 1] / ROWS;
        }
        for (size_t i = 0; i < ROWS; i++)
            square += pow((double)ib_tensor_data(x)[2 * i + 1] - mean, 2) / ROWS;
        random_order(order, ROWS);
        ib_tensor *other = reals_ordered(context, x, order), *scaled = reals_scaled(context, x, -0x1p-40f);
        const double found = deviation_of(context, x, 1);
        assert_close(found, sqrt(square), 0, 1e-12);
        assert_same_bits(deviation_of(context, other, 1), found);
        assert_same_bits(deviation_of(context, scaled, 1), found * 0x1p-40);
        ib_tensor_destroy(x);
        ib_tensor_destroy(other);
        ib_tensor_destroy(scaled);
    }
    ib_tensor *flat = reals_of(context, (const float[]){0.1f, 0.1f, 0.1f}, 3, 1);
    ib_tensor *wide = reals_of(context, (const float[]){FLT_MAX, -FLT_MAX}, 2, 1),
              *none = reals_of(context, NULL, 0, 1);
    ib_tensor *outlier = reals_of(context, (const float[]){16777216, 16777216, 16777216, 16777215}, 4, 1);
    assert_same_bits(deviation_of(context, flat, 0), 0.0);
    assert_same_bits(deviation_of(context, none, 0), 0.0);
    assert_same_bits(deviation_of(context, wide, 0), (double)FLT_MAX);
    assert_close(deviation_of(context, outlier, 0), sqrt(3) / 4, 1e-15, 0);
    ib_tensor *all[] = {flat, wide, none, outlier};
    for (size_t i = 0; i < COUNT(all); i++)
        ib_tensor_destroy(all[i]);
    ib_context_destroy(context);
}

/* Shares are rounded to the nearest multiple of 2^-52, ties to even; a mean of equal numbers is that number. */
static void fixed_numbers(void **state)
{
    (void)state;
    assert_true(ib_i_fixed_share(0) == 0 && ib_i_fixed_share(1) == IB_I_FIXED_ONE);
    assert_true(ib_i_fixed_share(0.5) == IB_I_FIXED_ONE / 2 && ib_i_fixed_share(0x1p-52) == 1);
    assert_true(ib_i_fixed_share(0x1p-53) == 0 && ib_i_fixed_share(0x1.8p-53) == 1);
    assert_true(ib_i_fixed_share(1 - 0x1p-53) == IB_I_FIXED_ONE && ib_i_fixed_share(DBL_MIN) == 0);
    for (size_t r = 0; r < 10000; r++) {
        const double x = test_random_uniform();
        const size_t n = 1 + test_random_below(1000);
        assert_close((double)ib_i_fixed_share(x) * 0x1p-52, x, 0x1p-53, 0);
        const double log = ib_entropy_log2((double)(n + 1));
        assert_same_bits(ib_i_fixed_mean((ib_i_fixed)ib_i_fixed_of(log) * (ib_i_fixed)n, n), log);
        assert_same_bits(ib_i_fixed_mean((ib_i_fixed)ib_i_fixed_of(-log) * (ib_i_fixed)n, n), -log);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(init_empties),     cmocka_unit_test(is_copied),     cmocka_unit_test(wrong_ones_are_refused),
        cmocka_unit_test(later_callers),    cmocka_unit_test(own_ones),      cmocka_unit_test(pinned),
        cmocka_unit_test(own_ones_resolve), cmocka_unit_test(settings),      cmocka_unit_test(own_ones_refuse),
        cmocka_unit_test(deviations),       cmocka_unit_test(fixed_numbers),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
