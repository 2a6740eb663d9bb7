/* Ways of counting: how many, what they are called, and which points can be of a study. */
#include "ways.h"

#include "support.h"

static settings everything(void)
{
    return (settings){
        .bins = {30, 7},
        .n_bins = 2,
        .bounds = {IB_BOUNDS_LAYER, BOUNDS_MASS_NEURON},
        .n_bounds = 2,
        .estimators = {ESTIMATOR_RENYI, ESTIMATOR_KDE_LOWER},
        .n_estimators = 2,
        .post_bits = {8, 16, 1},
        .n_post_bits = 3,
    };
}

static void names(void **state)
{
    (void)state;
    static const char *const expected[IB_MEASURE_COUNT][5] = {
        [IB_MEASURE_STATE] = {"state"},
        [IB_MEASURE_OUTPUT] = {"output"},
        [IB_MEASURE_REBINNED] = {"rebinned"},
        [IB_MEASURE_BINNED] = {"binned", "30-layer", "30-mass-neuron", "7-layer", "7-mass-neuron"},
        [IB_MEASURE_ESTIMATED] = {"estimated", "renyi", "kde-lower"},
        [IB_MEASURE_QUANTISED] = {"quantised", "post-8", "post-16", "post-1"},
    };
    static const uint32_t counts[IB_MEASURE_COUNT] = {0, 0, 0, 4, 2, 3};
    const settings asked = everything();
    char text[SETTINGS_NAME_SIZE];
    for (uint32_t measure = 0; measure < IB_MEASURE_COUNT; measure++) {
        assert_int_equal(ways_count(&asked, measure), counts[measure]);
        for (uint32_t number = 0; number <= counts[measure]; number++) {
            ways_name(&asked, measure, number, text, sizeof text);
            assert_string_equal(text, expected[measure][number]);
            ways_number(&asked, measure, number, text, sizeof text);
            assert_string_equal(text, number ? expected[measure][number] : "");
        }
    }
    settings weights = everything();
    weights.own_post_weights = 1;
    weights.post_weights = 12;
    ways_name(&weights, IB_MEASURE_QUANTISED, 2, text, sizeof text);
    assert_string_equal(text, "post-16-w12");
}

static void points_of_a_study(void **state)
{
    (void)state;
    const settings asked = everything(), plain = {.n_bounds = 1};
    for (uint32_t measure = 0; measure < IB_MEASURE_COUNT + 2; measure++)
        for (uint32_t number = 0; number < 7; number++) {
            const ib_point point = {.measure = measure, .estimator = number};
            const uint32_t count = measure < IB_MEASURE_COUNT ? ways_count(&asked, measure) : 0;
            const int is_one = measure < IB_MEASURE_BINNED && number == 0;
            assert_int_equal(ways_has(&asked, &point), is_one || (number >= 1 && number <= count));
            assert_int_equal(ways_has(&plain, &point), is_one);
        }
}

static void what_holds(void **state)
{
    (void)state;
    static const int exact[] = {1, 1, 0, 0, 0, 1}, of_state[] = {1, 1, 1, 1, 0, 0}, counted[] = {1, 1, 1, 1, 0, 1};
    for (uint32_t measure = 0; measure < IB_MEASURE_COUNT; measure++) {
        assert_int_equal(ways_are_exact(measure), exact[measure]);
        assert_int_equal(ways_are_of_state(measure), of_state[measure]);
        assert_int_equal(ways_count_states(measure), counted[measure]);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(names),
        cmocka_unit_test(points_of_a_study),
        cmocka_unit_test(what_holds),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
