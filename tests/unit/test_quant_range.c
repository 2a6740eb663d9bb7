/* How a quantiser follows its range, what it refuses, and its options. */
#include "reference.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

static ib_quant *create(ib_context *context, const ib_quant_options *options, size_t channels)
{
    ib_quant *quant = NULL;
    assert_ok(context, ib_quant_create(context, options, channels, &quant));
    return quant;
}

static ib_quant *create_mode(ib_context *context, uint32_t range)
{
    ib_quant_options options = test_quant_options(8, IB_GRID_UNIFORM, range);
    return create(context, &options, 1);
}

static void train_on(ib_context *context, ib_quant *quant, float a, float b)
{
    ib_tensor *x = test_tensor_of(context, 1, 2, (float[]){a, b});
    assert_ok(context, ib_quant_train(quant, x, x, NULL));
    ib_tensor_destroy(x);
}

static void infer_on(ib_context *context, const ib_quant *quant, float a, float b, float *values)
{
    ib_tensor *x = test_tensor_of(context, 1, 2, (float[]){a, b});
    assert_ok(context, ib_quant_infer(quant, x, x, NULL));
    memcpy(values, ib_tensor_read(x), 2 * sizeof *values);
    ib_tensor_destroy(x);
}

#define assert_range(context, quant, min, max)                                                                         \
    do {                                                                                                               \
        float low_ = 99, high_ = 99;                                                                                   \
        assert_ok((context), ib_quant_get_range((quant), 0, &low_, &high_));                                           \
        assert_true(low_ == (min));                                                                                    \
        assert_true(high_ == (max));                                                                                   \
    } while (0)

static void assert_nothing_seen(const ib_context *context, const ib_quant *quant)
{
    float min = 98, max = 99;
    assert_fails(context, IB_ERR_STATE, "", ib_quant_get_range(quant, 0, &min, &max));
    assert_true(min == 98 && max == 99);
}

static void epoch(void **state)
{
    (void)state;
    ib_context *context = test_context(NULL);
    ib_quant *quant = create_mode(context, IB_RANGE_EPOCH);
    float values[2];
    assert_nothing_seen(context, quant);
    infer_on(context, quant, 3, 4, values); /* of the tensor at hand, and forgotten */
    assert_true(values[0] == 3 && values[1] == 4);
    assert_nothing_seen(context, quant);
    ib_quant_begin_epoch(quant);
    train_on(context, quant, 1, 2); /* not widened to 0 */
    assert_range(context, quant, 1, 2);
    train_on(context, quant, 1.5f, 3);
    assert_range(context, quant, 1, 3);
    infer_on(context, quant, -7, 9, values); /* clipped; nothing moves */
    assert_true(values[0] == 1 && values[1] == 3);
    assert_range(context, quant, 1, 3);
    train_on(context, quant, -1, 0.5f);
    assert_range(context, quant, -1, 3);
    ib_quant_begin_epoch(quant);
    assert_nothing_seen(context, quant);
    train_on(context, quant, 5, 5);
    assert_range(context, quant, 5, 5);
    ib_quant_begin_epoch(NULL);
    ib_quant_destroy(quant);
    ib_context_destroy(context);
}

static void moving(void **state)
{
    (void)state;
    ib_context *context = test_context(NULL);
    ib_quant *quant = create_mode(context, IB_RANGE_MOVING);
    float values[2], min = -6, max = 6;
    assert_range(context, quant, -6, 6);
    infer_on(context, quant, -70, 70, values); /* the initial range counts as seen */
    assert_true(values[0] == -6 && fabsf(values[1] - 6) < 1e-6f);
    static const float batches[][2] = {{-1, 2}, {3, 4}, {-5, -4}, {0, 0}, {-20, 20}};
    for (size_t i = 0; i < 5; i++) {
        train_on(context, quant, batches[i][0], batches[i][1]);
        min -= (min - fminf(batches[i][0], 0)) * 0.001f;
        max -= (max - fmaxf(batches[i][1], 0)) * 0.001f;
        assert_range(context, quant, min, max);
        ib_quant_begin_epoch(quant); /* no effect */
    }
    ib_quant_destroy(quant);
    ib_quant_options options = test_quant_options(8, IB_GRID_NUDGED, IB_RANGE_MOVING);
    options.decay = 0.75;
    options.initial_min = -4;
    options.initial_max = 8;
    quant = create(context, &options, 1);
    assert_range(context, quant, -4, 8);
    train_on(context, quant, 1, 4); /* -4 + 1/4 * 4, 8 - 1/4 * 4 */
    assert_range(context, quant, -3, 7);
    ib_quant_destroy(quant);
    ib_context_destroy(context);
}

static void last(void **state)
{
    (void)state;
    ib_context *context = test_context(NULL);
    ib_quant *quant = create_mode(context, IB_RANGE_LAST);
    float values[2];
    assert_nothing_seen(context, quant);
    infer_on(context, quant, 3, 4, values); /* taken from the tensor as training would: [0, 4] */
    assert_true(fabsf(values[0] - 3) <= 2.0f / 255 && fabsf(values[1] - 4) < 1e-6f);
    assert_nothing_seen(context, quant);
    train_on(context, quant, 1, 2);
    assert_range(context, quant, 0, 2);
    train_on(context, quant, -3, -1);
    assert_range(context, quant, -3, 0);
    infer_on(context, quant, -9, 9, values);
    assert_true(values[0] == -3 && fabsf(values[1]) < 1e-6f);
    assert_range(context, quant, -3, 0);
    ib_quant_begin_epoch(quant);
    assert_range(context, quant, -3, 0);
    ib_quant_destroy(quant);
    ib_context_destroy(context);
}

static void tensor(void **state)
{
    (void)state;
    ib_context *context = test_context(NULL);
    ib_quant *quant = create_mode(context, IB_RANGE_TENSOR);
    float values[2];
    assert_nothing_seen(context, quant);
    infer_on(context, quant, 3, 4, values);
    assert_true(values[0] == 3 && values[1] == 4);
    train_on(context, quant, -1, 1);
    infer_on(context, quant, 3, 4, values); /* what training saw does not matter */
    assert_true(values[0] == 3 && values[1] == 4);
    ib_quant_destroy(quant);
    ib_context_destroy(context);
}

static void all_values(void **state)
{
    (void)state;
    ib_context *context = test_context(NULL);
    ib_quant *quant = create_mode(context, IB_RANGE_ALL);
    train_on(context, quant, 1, 2);
    assert_range(context, quant, 0, 2);
    ib_quant_begin_epoch(quant);
    train_on(context, quant, -3, 1);
    assert_range(context, quant, -3, 2);
    train_on(context, quant, -1, 5);
    assert_range(context, quant, -3, 5);
    float values[2];
    infer_on(context, quant, -9, 9, values);
    assert_true(values[0] == -3 && fabsf(values[1] - 5) < 1e-6f);
    assert_range(context, quant, -3, 5);
    ib_quant_destroy(quant);
    ib_context_destroy(context);
}

static void fixed(void **state)
{
    (void)state;
    ib_context *context = test_context(NULL);
    ib_quant_options options = test_quant_options(8, IB_GRID_UNIFORM, IB_RANGE_FIXED);
    options.initial_min = -2;
    options.initial_max = 3;
    ib_quant *quant = create(context, &options, 1);
    assert_range(context, quant, -2, 3);
    train_on(context, quant, -7, 7);
    ib_quant_begin_epoch(quant);
    assert_range(context, quant, -2, 3);
    ib_quant_destroy(quant);
    ib_context_destroy(context);
}

static void set_range(void **state)
{
    (void)state;
    ib_context *context = test_context(NULL);
    static const uint32_t tracking[] = {IB_RANGE_EPOCH, IB_RANGE_MOVING, IB_RANGE_LAST, IB_RANGE_ALL};
    for (size_t i = 0; i < 4; i++) {
        ib_quant *quant = create_mode(context, tracking[i]);
        float values[2];
        assert_ok(context, ib_quant_set_range(quant, 0, -2, 5));
        assert_range(context, quant, -2, 5);
        infer_on(context, quant, -9, 9, values);
        assert_true(values[0] == -2 && fabsf(values[1] - 5) < 1e-6f);
        assert_fails(context, IB_ERR_RANGE, "", ib_quant_set_range(quant, 0, 1, 0.5f));
        assert_fails(context, IB_ERR_RANGE, "", ib_quant_set_range(quant, 0, NAN, 1));
        assert_fails(context, IB_ERR_RANGE, "", ib_quant_set_range(quant, 0, 0, INFINITY));
        assert_fails(context, IB_ERR_ARG, "", ib_quant_set_range(quant, 1, 0, 1));
        assert_range(context, quant, -2, 5);
        assert_ok(context, ib_quant_set_range(quant, 0, 3, 3));
        assert_range(context, quant, 3, 3);
        ib_quant_destroy(quant);
    }
    ib_quant *quant = create_mode(context, IB_RANGE_EPOCH);
    assert_ok(context, ib_quant_set_range(quant, 0, -2, 5));
    train_on(context, quant, 1, 7);
    assert_range(context, quant, -2, 7);
    ib_quant_destroy(quant);
    ib_context_destroy(context);
}

/* A failure in training moves nothing. */
static void failures_move_nothing(void **state)
{
    (void)state;
    ib_context *context = test_context(NULL);
    static const uint32_t tracking[] = {IB_RANGE_EPOCH, IB_RANGE_MOVING, IB_RANGE_LAST, IB_RANGE_ALL};
    for (size_t i = 0; i < 4; i++) {
        ib_quant *quant = create_mode(context, tracking[i]);
        train_on(context, quant, -1, 1);
        float min = 0, max = 0;
        assert_ok(context, ib_quant_get_range(quant, 0, &min, &max));
        ib_tensor *bad = test_tensor_of(context, 1, 4, (float[]){-8, NAN, 9, 5});
        assert_fails(context, IB_ERR_NONFINITE, "", ib_quant_train(quant, bad, bad, NULL));
        assert_true(ib_tensor_read(bad)[0] == -8 && ib_tensor_read(bad)[3] == 5);
        assert_range(context, quant, min, max);
        ib_tensor_destroy(bad);
        ib_quant_destroy(quant);
    }
    ib_context_destroy(context);
}

static void per_channel(void **state)
{
    (void)state;
    ib_context *context = test_context(NULL);
    ib_quant_options options = test_quant_options(2, IB_GRID_UNIFORM, IB_RANGE_LAST);
    options.per_channel = 1;
    ib_quant *quant = create(context, &options, 3);
    /* columns: [0, 3], [-6, 0], constant 0 */
    ib_tensor *x = test_tensor_of(context, 3, 3, (float[]){0.5f, -6, 0, 3, -3.5f, 0, 1.25f, -1.5f, 0});
    ib_tensor *y = test_tensor(context, 3, 3);
    uint16_t codes[9];
    assert_ok(context, ib_quant_train(quant, x, y, codes));
    assert_same_values(ib_tensor_read(y), ((float[]){1, -6, 0, 3, -4, 0, 1, -2, 0}), 9);
    static const uint16_t expected[9] = {1, 0, 0, 3, 1, 0, 1, 2, 0};
    assert_memory_equal(codes, expected, sizeof expected);
    static const float ends[3][2] = {{0, 3}, {-6, 0}, {0, 0}};
    for (size_t c = 0; c < 3; c++) {
        float min = 99, max = 99;
        assert_ok(context, ib_quant_get_range(quant, c, &min, &max));
        assert_true(min == ends[c][0] && max == ends[c][1]);
    }
    float min, max;
    assert_fails(context, IB_ERR_ARG, "", ib_quant_get_range(quant, 3, &min, &max));
    ib_tensor *wrong = test_tensor(context, 3, 4);
    assert_fails(context, IB_ERR_SHAPE, "", ib_quant_train(quant, wrong, wrong, NULL));
    assert_fails(context, IB_ERR_SHAPE, "", ib_quant_infer(quant, wrong, wrong, NULL));
    ib_tensor_destroy(wrong);
    ib_tensor_destroy(x);
    ib_tensor_destroy(y);
    ib_quant_destroy(quant);
    ib_context_destroy(context);
}

/* Every mode follows its reference through a sequence of random tensors, in training and in inference. */
static void check_sequence(ib_context *context, const ib_quant_options *options)
{
    enum { ROWS = 11, COLUMNS = 5, N = ROWS * COLUMNS };
    ib_quant *quant = create(context, options, options->per_channel ? COLUMNS : 1);
    reference_quant reference;
    reference_quant_init(&reference, options, COLUMNS);
    ib_tensor *y = test_tensor(context, ROWS, COLUMNS);
    for (int step = 0; step < 12; step++) {
        double low = 4 * test_random_uniform() - 3;
        ib_tensor *x = test_tensor_random(context, ROWS, COLUMNS, low, low + 2);
        int training = test_random_below(3) != 0;
        float expected[N];
        uint16_t codes[N], expected_codes[N];
        if (step % 5 == 4) {
            ib_quant_begin_epoch(quant);
            reference_quant_begin_epoch(&reference);
        }
        ib_status status = training ? ib_quant_train(quant, x, y, codes) : ib_quant_infer(quant, x, y, codes);
        assert_int_equal(status, IB_OK);
        reference_quant_run(&reference, training, N, ib_tensor_read(x), expected, expected_codes);
        assert_same_values(ib_tensor_read(y), expected, N);
        assert_memory_equal(codes, expected_codes, sizeof codes);
        ib_tensor_destroy(x);
    }
    ib_tensor_destroy(y);
    reference_quant_free(&reference);
    ib_quant_destroy(quant);
}

static void sequences_of(ib_context *context)
{
    for (int i = 0; i < (test_quick() ? 4 : 25); i++) {
        for (uint32_t range = IB_RANGE_EPOCH; range <= IB_RANGE_FIXED; range++) {
            for (uint32_t kind = 0; kind < 4; kind++) {
                ib_quant_options options = test_quant_options(2 + (uint32_t)test_random_below(15), kind & 1, range);
                options.per_channel = kind >> 1;
                options.decay = 0.875;
                options.initial_min = (float)-test_random_uniform();
                options.initial_max = (float)test_random_uniform();
                check_sequence(context, &options);
            }
        }
    }
}

static void sequences(void **state)
{
    (void)state;
    test_every_kernels(sequences_of);
}

static void assert_refused(ib_context *context, ib_quant_options options, ib_status status)
{
    ib_quant *quant = (ib_quant *)&options;
    assert_fails(context, status, "", ib_quant_create(context, &options, 1, &quant));
    assert_null(quant);
    assert_true(ib_context_message(context)[0] != '\0');
}

static void options_out_of_bounds(void **state)
{
    (void)state;
    ib_context *context = test_context(NULL);
    const ib_quant_options good = test_quant_options(8, IB_GRID_UNIFORM, IB_RANGE_MOVING);
    ib_quant_options bad = good;
    static const uint32_t bits[] = {0, 17, 32, UINT32_MAX};
    for (size_t i = 0; i < 4; i++) {
        bad.bits = bits[i];
        assert_refused(context, bad, IB_ERR_RANGE);
    }
    assert_refused(context, test_quant_options(1, IB_GRID_NUDGED, IB_RANGE_LAST), IB_ERR_RANGE);
    assert_refused(context, test_quant_options(8, 2, IB_RANGE_LAST), IB_ERR_ARG);
    assert_refused(context, test_quant_options(8, IB_GRID_UNIFORM, 6), IB_ERR_ARG);
    static const double decays[] = {1, 1.5, -0.5, INFINITY};
    for (size_t i = 0; i < 4; i++) {
        bad = good;
        bad.decay = decays[i];
        assert_refused(context, bad, IB_ERR_RANGE);
    }
    bad = good;
    bad.decay = NAN;
    assert_refused(context, bad, IB_ERR_RANGE);
    static const float ends[][2] = {{1, 0}, {0, -1}, {-INFINITY, 1}, {0, INFINITY}};
    for (size_t i = 0; i < 4; i++) {
        bad = test_quant_options(8, IB_GRID_UNIFORM, IB_RANGE_FIXED);
        bad.initial_min = ends[i][0];
        bad.initial_max = ends[i][1];
        assert_refused(context, bad, IB_ERR_RANGE);
    }
    bad = good;
    bad.range_gradient = 1; /* only with IB_RANGE_TENSOR */
    assert_refused(context, bad, IB_ERR_ARG);
    ib_context_destroy(context);
}

static void size_of_options(void **state)
{
    (void)state;
    ib_context *context = test_context(NULL);
    struct {
        ib_quant_options known;
        uint64_t later;
    } longer = {test_quant_options(8, IB_GRID_UNIFORM, IB_RANGE_LAST), 0};
    longer.known.struct_size = sizeof longer;
    ib_quant_destroy(create(context, &longer.known, 1));
    longer.later = 1;
    ib_quant *quant = (ib_quant *)&longer;
    assert_fails(context, IB_ERR_UNSUPPORTED, "newer", ib_quant_create(context, &longer.known, 1, &quant));
    assert_null(quant);
    ib_quant_options shorter = test_quant_options(8, IB_GRID_UNIFORM, IB_RANGE_LAST);
    shorter.struct_size = offsetof(ib_quant_options, initial_max);
    assert_refused(context, shorter, IB_ERR_ARG);
    shorter.struct_size = 0;
    assert_refused(context, shorter, IB_ERR_ARG);
    assert_fails(context, IB_ERR_ARG, "", ib_quant_create(context, NULL, 1, &quant));
    ib_context_destroy(context);
}

static void refusals(void **state)
{
    (void)state;
    ib_context *context = test_context(NULL);
    ib_quant_options options = test_quant_options(8, IB_GRID_UNIFORM, IB_RANGE_EPOCH);
    ib_quant *quant = (ib_quant *)&options;
    assert_int_equal(ib_quant_create(NULL, &options, 1, &quant), IB_ERR_ARG);
    assert_int_equal(ib_quant_create(context, &options, 1, NULL), IB_ERR_ARG);
    assert_fails(context, IB_ERR_ARG, "", ib_quant_create(context, &options, 0, &quant));
    assert_null(quant);
    quant = create(context, &options, 1);
    ib_tensor *wide = test_tensor(context, 2, 3), *tall = test_tensor(context, 3, 2);
    assert_fails(context, IB_ERR_STATE, "", ib_quant_backward(quant, wide, wide, wide));
    assert_fails(context, IB_ERR_SHAPE, "expected 2x3, got 3x2", ib_quant_train(quant, wide, tall, NULL));
    assert_nothing_seen(context, quant);
    assert_fails(context, IB_ERR_SHAPE, "expected 2x3, got 3x2", ib_quant_infer(quant, wide, tall, NULL));
    assert_ok(context, ib_quant_train(quant, wide, wide, NULL));
    assert_fails(context, IB_ERR_SHAPE, "expected 2x3, got 3x2", ib_quant_backward(quant, wide, tall, wide));
    assert_fails(context, IB_ERR_SHAPE, "expected 2x3, got 3x2", ib_quant_backward(quant, wide, wide, tall));
    assert_int_equal(ib_quant_train(NULL, wide, wide, NULL), IB_ERR_ARG);
    assert_int_equal(ib_quant_train(quant, NULL, wide, NULL), IB_ERR_ARG);
    assert_int_equal(ib_quant_train(quant, wide, NULL, NULL), IB_ERR_ARG);
    assert_int_equal(ib_quant_infer(NULL, wide, wide, NULL), IB_ERR_ARG);
    assert_int_equal(ib_quant_infer(quant, NULL, wide, NULL), IB_ERR_ARG);
    assert_int_equal(ib_quant_infer(quant, wide, NULL, NULL), IB_ERR_ARG);
    assert_int_equal(ib_quant_backward(NULL, wide, wide, wide), IB_ERR_ARG);
    assert_int_equal(ib_quant_backward(quant, NULL, wide, wide), IB_ERR_ARG);
    assert_int_equal(ib_quant_backward(quant, wide, NULL, wide), IB_ERR_ARG);
    assert_int_equal(ib_quant_backward(quant, wide, wide, NULL), IB_ERR_ARG);
    float end;
    assert_int_equal(ib_quant_get_range(NULL, 0, &end, &end), IB_ERR_ARG);
    assert_int_equal(ib_quant_get_range(quant, 0, NULL, &end), IB_ERR_ARG);
    assert_int_equal(ib_quant_get_range(quant, 0, &end, NULL), IB_ERR_ARG);
    assert_int_equal(ib_quant_set_range(NULL, 0, 0, 1), IB_ERR_ARG);
    ib_quant_destroy(NULL);
    ib_tensor_destroy(wide);
    ib_tensor_destroy(tall);
    ib_quant_destroy(quant);
    ib_context_destroy(context);
}

static ib_status life(ib_context *context, void *user_data)
{
    ib_tensor *x = NULL;
    ib_quant *quant = NULL;
    uint16_t codes[6];
    ib_status status = ib_tensor_create(context, 2, (size_t[]){2, 3}, &x);
    if (status == IB_OK)
        status = ib_quant_create(context, user_data, 3, &quant);
    if (status == IB_OK)
        status = ib_quant_train(quant, x, x, codes);
    if (status == IB_OK)
        status = ib_quant_infer(quant, x, x, codes);
    if (status == IB_OK)
        status = ib_quant_backward(quant, x, x, x);
    ib_quant_destroy(quant);
    ib_tensor_destroy(x);
    return status;
}

static void out_of_memory(void **state)
{
    (void)state;
    ib_quant_options options = test_quant_options(8, IB_GRID_NUDGED, IB_RANGE_TENSOR);
    options.per_channel = 1;
    options.range_gradient = 1;
    test_every_failed_allocation(life, &options);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(epoch),
        cmocka_unit_test(moving),
        cmocka_unit_test(last),
        cmocka_unit_test(tensor),
        cmocka_unit_test(all_values),
        cmocka_unit_test(fixed),
        cmocka_unit_test(set_range),
        cmocka_unit_test(failures_move_nothing),
        cmocka_unit_test(per_channel),
        cmocka_unit_test(sequences),
        cmocka_unit_test(options_out_of_bounds),
        cmocka_unit_test(size_of_options),
        cmocka_unit_test(refusals),
        cmocka_unit_test(out_of_memory),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
