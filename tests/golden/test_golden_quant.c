/* Quantisers against TensorFlow: values, gradients and followed ranges. */
#include "golden.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

enum { VALUES = 36, CASES = 78 };

/* One case of fake_quant.json. */
typedef struct fake {
    uint32_t bits;
    float min, max, *x, *y, *upstream, *grad_x;
    double grad_min, grad_max;
} fake;

static fake fake_read(const json_t *json)
{
    return (fake){
        .bits = (uint32_t)golden_number(json, "bits"),
        .min = (float)golden_number(json, "min"),
        .max = (float)golden_number(json, "max"),
        .x = golden_floats(golden_get(json, "x"), VALUES),
        .y = golden_floats(golden_get(json, "y"), VALUES),
        .upstream = golden_floats(golden_get(json, "upstream"), VALUES),
        .grad_x = golden_floats(golden_get(json, "grad_x"), VALUES),
        .grad_min = golden_number(json, "grad_min"),
        .grad_max = golden_number(json, "grad_max"),
    };
}

static void fake_free(fake *c)
{
    free(c->x);
    free(c->y);
    free(c->upstream);
    free(c->grad_x);
}

static size_t for_every_fake(size_t (*check)(ib_context *context, const fake *c), ib_context *context)
{
    json_t *root = golden_read("fake_quant.json");
    const json_t *cases = golden_get(root, "cases");
    assert_int_equal(json_array_size(cases), CASES);
    size_t checked = 0;
    for (size_t i = 0; i < CASES; i++) {
        fake c = fake_read(golden_at(cases, i));
        checked += check(context, &c);
        fake_free(&c);
    }
    json_decref(root);
    return checked;
}

static size_t check_fixed(ib_context *context, const fake *c)
{
    ib_quant_options options = test_quant_options(c->bits, IB_GRID_NUDGED, IB_RANGE_FIXED);
    options.initial_min = c->min;
    options.initial_max = c->max;
    ib_quant *quant = NULL;
    assert_ok(context, ib_quant_create(context, &options, 1, &quant));
    ib_tensor *x = test_tensor_of(context, 4, 9, c->x), *y = test_tensor(context, 4, 9);
    ib_tensor *dy = test_tensor_of(context, 4, 9, c->upstream), *dx = test_tensor(context, 4, 9);
    assert_ok(context, ib_quant_infer(quant, x, y, NULL));
    assert_same_values(ib_tensor_read(y), c->y, VALUES);
    assert_ok(context, ib_quant_train(quant, x, y, NULL));
    assert_same_values(ib_tensor_read(y), c->y, VALUES);
    assert_ok(context, ib_quant_backward(quant, x, dy, dx));
    assert_same_values(ib_tensor_read(dx), c->grad_x, VALUES);
    ib_tensor *all[] = {x, y, dy, dx};
    for (size_t i = 0; i < 4; i++)
        ib_tensor_destroy(all[i]);
    ib_quant_destroy(quant);
    return VALUES;
}

static void fixed_range_of(ib_context *context)
{
    assert_int_equal(for_every_fake(check_fixed, context), 2808);
}

static void fixed_range(void **state)
{
    (void)state;
    test_every_kernels(fixed_range_of);
}

static double sum_at(const float *x, const float *dx, size_t n, float end)
{
    double sum = 0;
    for (size_t i = 0; i < n; i++)
        sum += x[i] == end ? (double)dx[i] : 0;
    return sum;
}

/* The gradient to an end of the range does not depend on how far beyond it the clipped values lie. Where the grid is
 * narrower than the range, they can therefore all stand at that end, the tensor's own minimum or maximum. What is
 * clipped at the other end, and would widen the range, is left out (gradient 0, value 0). */
static size_t check_end(ib_context *context, const fake *c, int upper)
{
    enum { N = VALUES + 2 };
    float x[N], dy[N] = {0}, end = upper ? c->max : c->min;
    x[VALUES] = c->min;
    x[VALUES + 1] = c->max;
    uint16_t codes[N];
    ib_quant_options options = test_quant_options(c->bits, IB_GRID_NUDGED, IB_RANGE_TENSOR);
    options.range_gradient = 1;
    for (size_t i = 0; i < VALUES; i++) {
        int clipped = c->grad_x[i] == 0 && c->upstream[i] != 0, above = 2 * c->x[i] > c->min + c->max;
        x[i] = !clipped ? c->x[i] : above == upper ? end : 0;
        dy[i] = clipped && above != upper ? 0 : c->upstream[i];
        if (x[i] < c->min || x[i] > c->max || (!clipped && x[i] == end)) { /* would widen it, or share its gradient */
            x[i] = (c->min + c->max) / 2;
            dy[i] = 0;
        }
    }
    ib_quant *quant = NULL;
    ib_tensor *in = test_tensor_of(context, 2, N / 2, x), *out = test_tensor(context, 2, N / 2);
    ib_tensor *slope = test_tensor_of(context, 2, N / 2, dy);
    assert_ok(context, ib_quant_create(context, &options, 1, &quant));
    assert_ok(context, ib_quant_train(quant, in, out, codes));
    assert_ok(context, ib_quant_backward(quant, in, slope, slope));
    assert_close(sum_at(x, ib_tensor_read(slope), N, end), upper ? c->grad_max : c->grad_min, 5e-7, 5e-7);
    ib_tensor_destroy(in);
    ib_tensor_destroy(out);
    ib_tensor_destroy(slope);
    ib_quant_destroy(quant);
    return 1;
}

static size_t check_ends(ib_context *context, const fake *c)
{
    /* The grid's own ends, read from what the case clips to. */
    float low = INFINITY, high = -INFINITY;
    for (size_t i = 0; i < VALUES; i++) {
        low = c->y[i] < low ? c->y[i] : low;
        high = c->y[i] > high ? c->y[i] : high;
    }
    size_t checked = 0;
    if (low > c->min)
        checked += check_end(context, c, 0);
    if (high < c->max)
        checked += check_end(context, c, 1);
    return checked;
}

static void ends_of_range_of(ib_context *context)
{
    assert_true(for_every_fake(check_ends, context) >= 40);
}

static void ends_of_range(void **state)
{
    (void)state;
    test_every_kernels(ends_of_range_of);
}

static void check_step(ib_context *context, ib_quant *quant, const json_t *step)
{
    enum { N = 24 };
    float *x = golden_floats(golden_get(step, "x"), N), *training = golden_floats(golden_get(step, "training"), N);
    float *inference = golden_floats(golden_get(step, "inference_of_half_x"), N), min, max, min_after, max_after;
    ib_tensor *tensor = test_tensor_of(context, 4, 6, x);
    assert_ok(context, ib_quant_train(quant, tensor, tensor, NULL));
    assert_same_values(ib_tensor_read(tensor), training, N);
    assert_ok(context, ib_quant_get_range(quant, 0, &min, &max));
    assert_close(min, golden_number(step, "min"), 6e-8, 0);
    assert_close(max, golden_number(step, "max"), 6e-8, 0);
    for (size_t i = 0; i < N; i++)
        ib_tensor_data(tensor)[i] = x[i] / 2;
    assert_ok(context, ib_quant_infer(quant, tensor, tensor, NULL));
    assert_same_values(ib_tensor_read(tensor), inference, N);
    assert_ok(context, ib_quant_get_range(quant, 0, &min_after, &max_after));
    assert_true(min == min_after && max == max_after);
    ib_tensor_destroy(tensor);
    free(x);
    free(training);
    free(inference);
}

static void followed_ranges_of(ib_context *context)
{
    static const struct {
        const char *kind;
        uint32_t range;
    } trackers[] = {{"moving average", IB_RANGE_MOVING}, {"last value", IB_RANGE_LAST}, {"all values", IB_RANGE_ALL}};
    json_t *root = golden_read("range_tracking.json");
    for (size_t t = 0; t < 3; t++) {
        const json_t *tracker = golden_at(golden_get(root, "trackers"), t), *steps = golden_get(tracker, "steps");
        assert_string_equal(json_string_value(golden_get(tracker, "kind")), trackers[t].kind);
        assert_int_equal(json_array_size(steps), 8);
        ib_quant_options options = test_quant_options(8, IB_GRID_NUDGED, trackers[t].range);
        ib_quant *quant = NULL;
        assert_ok(context, ib_quant_create(context, &options, 1, &quant));
        for (size_t i = 0; i < 8; i++)
            check_step(context, quant, golden_at(steps, i));
        ib_quant_destroy(quant);
    }
    json_decref(root);
}

static void followed_ranges(void **state)
{
    (void)state;
    test_every_kernels(followed_ranges_of);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(fixed_range),
        cmocka_unit_test(ends_of_range),
        cmocka_unit_test(followed_ranges),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
