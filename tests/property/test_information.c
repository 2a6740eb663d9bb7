/* What must hold for the points of any run, on real training runs of every preset, activation and width. */
#include "information.h"
#include "nn.h"
#include "runs.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

enum { ROWS = 4096, LAYERS = 6 };

static const double label_entropy = 0.9991571208502711;
/* Entropies are sums of at most 4096 terms in float64. */
static const double rounding = 1e-11;

typedef struct expectations {
    const uint32_t *labels;
    uint32_t bits;
    uint32_t epochs; /* calls so far */
    size_t points;   /* of the plane that were looked at */
} expectations;

static void check_bounds(const ib_point *point, const ib_network *network, uint32_t bits)
{
    double width = (double)ib_network_width(network, point->layer);
    double levels = point->measure == IB_MEASURE_REBINNED ? log2(ldexp(1, (int)bits) + 1) : bits;
    if (point->measure == IB_MEASURE_OUTPUT && bits != 32)
        levels += 1; /* a difference of two codes */
    assert_true(point->i_ty >= 0 && point->i_ty <= label_entropy + rounding);
    assert_true(point->i_ty <= point->i_xt + rounding);
    assert_true(point->i_xt >= 0 && point->i_xt <= fmin(12, levels * width) + rounding);
    assert_true(point->states >= 1 && point->states <= ROWS);
    assert_true(point->i_xt <= log2((double)point->states) + rounding);
    assert_true((point->states == 1) == (point->i_xt == 0));
}

/* Data processing: each layer's states are a function of those of the layer before, and outputs of states. */
static void check_processing(const ib_point *states, const ib_point *point)
{
    if (point->measure != IB_MEASURE_STATE) {
        assert_true(point->i_xt <= states[point->layer].i_xt + rounding);
        assert_true(point->i_ty <= states[point->layer].i_ty + rounding);
        assert_true(point->states <= states[point->layer].states);
    } else if (point->layer > 1) {
        const ib_point *before = &states[point->layer - 1];
        assert_true(point->i_xt <= before->i_xt + rounding);
        assert_true(point->i_ty <= before->i_ty + rounding);
        assert_true(point->states <= before->states);
    }
}

static void watch(const ib_epoch *epoch, ib_network *network, const ib_plane *plane, void *user_data)
{
    expectations *own = user_data;
    ib_point states[LAYERS + 1];
    size_t seen = 0;
    assert_int_equal(epoch->epoch, own->epochs++);
    for (; own->points < ib_plane_count(plane); own->points++) {
        const ib_point *point = &ib_plane_points(plane)[own->points];
        assert_int_equal(point->epoch, epoch->epoch);
        assert_in_range(point->layer, 1, LAYERS);
        if (point->measure == IB_MEASURE_STATE)
            states[point->layer] = *point;
        check_bounds(point, network, own->bits);
        check_processing(states, point);
        if (epoch->epoch % 10 == 0)
            information_assert_point(point,
                                     information_of_layer(network, point->layer, point->measure, ROWS, own->labels, 2));
        seen++;
    }
    assert_true(seen >= LAYERS);
}

static void check_runs(uint32_t preset)
{
    static const uint32_t activations[] = {IB_ACTIVATION_TANH, IB_ACTIVATION_RELU}, bits[] = {4, 8, 32};
    ib_context *context = test_context(NULL);
    ib_dataset *dataset = NULL;
    assert_ok(context, ib_dataset_create_icosahedron(context, &dataset));
    for (size_t a = 0; a < 2; a++) {
        for (size_t b = 0; b < 3; b++) {
            expectations own = {.labels = ib_dataset_labels(dataset), .bits = bits[b]};
            test_run what = {preset, activations[a], bits[b], test_quick() ? 2 : 30, 1, test_random_below(1000)};
            test_run_train(context, &what, watch, &own);
            assert_int_equal(own.epochs, what.epochs + 1);
        }
    }
    ib_dataset_destroy(dataset);
    ib_context_destroy(context);
}

static void paper(void **state)
{
    (void)state;
    check_runs(IB_PRESET_PAPER);
}

static void official_v1(void **state)
{
    (void)state;
    check_runs(IB_PRESET_OFFICIAL_V1);
}

static void official_iclr(void **state)
{
    (void)state;
    check_runs(IB_PRESET_OFFICIAL_ICLR);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(paper),
        cmocka_unit_test(official_v1),
        cmocka_unit_test(official_iclr),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
