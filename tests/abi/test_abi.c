/* What a compiled program has in it of our headers: the values of enumerators, the places and sizes of members. They
 * never move. A release may add a line here, and raise the size of a struct that starts with struct_size; it changes no
 * other number. tests/abi/complete.sh sees to it that nothing public is missing. */
#include "support.h"

typedef struct pinned {
    const char *name;
    int64_t number, pinned_number; /* a value, or the offset of a member */
    size_t size, pinned_size;      /* of a struct or member */
} pinned;

#define VALUE(name, number) #name, name, number, 0, 0
#define SIZE(type, size) #type, 0, 0, sizeof(type), size
#define MEMBER(type, name, at, size) #type "." #name, offsetof(type, name), at, sizeof((type *)NULL)->name, size

static const pinned values[] = {
    {VALUE(IB_OK, 0)},
    {VALUE(IB_STOPPED, 1)},
    {VALUE(IB_ERR_ARG, -1)},
    {VALUE(IB_ERR_SHAPE, -2)},
    {VALUE(IB_ERR_STATE, -3)},
    {VALUE(IB_ERR_NOMEM, -4)},
    {VALUE(IB_ERR_OVERFLOW, -5)},
    {VALUE(IB_ERR_RANGE, -6)},
    {VALUE(IB_ERR_NONFINITE, -7)},
    {VALUE(IB_ERR_CALLBACK, -8)},
    {VALUE(IB_ERR_IO, -9)},
    {VALUE(IB_ERR_UNSUPPORTED, -10)},
    {VALUE(IB_ERR_INTERNAL, -11)},

    {VALUE(IB_LOG_ERROR, 1)},
    {VALUE(IB_LOG_WARNING, 2)},
    {VALUE(IB_LOG_INFO, 3)},

    {VALUE(IB_KERNELS_AUTO, 0)},
    {VALUE(IB_KERNELS_PORTABLE, 1)},
    {VALUE(IB_KERNELS_AVX2, 2)},
    {VALUE(IB_KERNELS_AVX512, 3)},

    {VALUE(IB_STREAM_WEIGHTS, 0)},
    {VALUE(IB_STREAM_BATCHES, 1)},
    {VALUE(IB_STREAM_LABELS, 2)},
    {VALUE(IB_STREAM_SPLIT, 3)},
    {VALUE(IB_STREAM_USER, 128)},

    {VALUE(IB_TENSOR_MAX_RANK, 4)},

    {VALUE(IB_CODE_UINT8, 1)},
    {VALUE(IB_CODE_UINT16, 2)},
    {VALUE(IB_CODE_INT32, 3)},
    {VALUE(IB_CODE_INT64, 4)},
    {VALUE(IB_CODE_FLOAT32, 5)},

    {VALUE(IB_ACTIVATION_LINEAR, 0)},
    {VALUE(IB_ACTIVATION_TANH, 1)},
    {VALUE(IB_ACTIVATION_RELU, 2)},
    {VALUE(IB_ACTIVATION_SIGMOID, 3)},
    {VALUE(IB_ACTIVATION_SOFTMAX, 4)},

    {VALUE(IB_GRID_UNIFORM, 0)},
    {VALUE(IB_GRID_NUDGED, 1)},

    {VALUE(IB_RANGE_EPOCH, 0)},
    {VALUE(IB_RANGE_MOVING, 1)},
    {VALUE(IB_RANGE_LAST, 2)},
    {VALUE(IB_RANGE_TENSOR, 3)},
    {VALUE(IB_RANGE_ALL, 4)},
    {VALUE(IB_RANGE_FIXED, 5)},

    {VALUE(IB_EPSILON_RAW, 0)},
    {VALUE(IB_EPSILON_CORRECTED, 1)},

    {VALUE(IB_INIT_TRUNCATED_NORMAL_FAN_OUT, 0)},
    {VALUE(IB_INIT_TRUNCATED_NORMAL_FAN_IN, 1)},
    {VALUE(IB_INIT_GLOROT_UNIFORM, 2)},
    {VALUE(IB_INIT_CONSTANT, 3)},

    {VALUE(IB_QUANTISE_OUTPUT, 0)},
    {VALUE(IB_QUANTISE_LOGITS, 1)},

    {VALUE(IB_PASS_INFERENCE, 0)},
    {VALUE(IB_PASS_TRAINING, 1)},

    {VALUE(IB_PREFIT_RESET_OPTIMISER, 1)},
    {VALUE(IB_PREFIT_RESET_RANGES, 2)},

    {VALUE(IB_SCHEDULE_EVERY, 0)},
    {VALUE(IB_SCHEDULE_LOGARITHMIC, 1)},
    {VALUE(IB_SCHEDULE_ADAPTIVE, 2)},

    {VALUE(IB_OUTCOME_OPEN, 0)},
    {VALUE(IB_OUTCOME_GOOD, 1)},
    {VALUE(IB_OUTCOME_BAD, 2)},

    {VALUE(IB_MEASURE_STATE, 0)},
    {VALUE(IB_MEASURE_OUTPUT, 1)},
    {VALUE(IB_MEASURE_REBINNED, 2)},
    {VALUE(IB_MEASURE_BINNED, 3)},
    {VALUE(IB_MEASURE_COUNT, 4)},

    {VALUE(IB_BINS_UNIFORM, 0)},
    {VALUE(IB_BINS_EQUAL_MASS, 1)},
    {VALUE(IB_BINS_MOST, 65536)},

    {VALUE(IB_BOUNDS_LAYER, 0)},
    {VALUE(IB_BOUNDS_NEURON, 1)},
    {VALUE(IB_BOUNDS_FIXED, 2)},
    {VALUE(IB_BOUNDS_LARGEST, 3)},
    {VALUE(IB_BOUNDS_GLOBAL, 4)},
    {VALUE(IB_BOUNDS_COUNT, 5)},

    {VALUE(IB_PRESET_PAPER, 0)},
    {VALUE(IB_PRESET_OFFICIAL_V1, 1)},
    {VALUE(IB_PRESET_OFFICIAL_ICLR, 2)},
    {VALUE(IB_PRESET_COUNT, 3)},

    {VALUE(IB_LIMIT_CHAIN_X, 0)},
    {VALUE(IB_LIMIT_CHAIN_Y, 1)},
    {VALUE(IB_LIMIT_BOUND_X, 2)},
    {VALUE(IB_LIMIT_BOUND_Y, 3)},
    {VALUE(IB_LIMIT_COUNT, 4)},

    {VALUE(IB_TASKS_MOST_THREADS, 1024)},

    {SIZE(ib_status, 4)},
};

/* As on all machines with pointers and size_t of 64 bits. */
static const pinned layout[] = {
    {SIZE(ib_context_options, 48)},
    {MEMBER(ib_context_options, struct_size, 0, 4)},
    {MEMBER(ib_context_options, kernels, 4, 4)},
    {MEMBER(ib_context_options, alloc, 8, 8)},
    {MEMBER(ib_context_options, free, 16, 8)},
    {MEMBER(ib_context_options, alloc_data, 24, 8)},
    {MEMBER(ib_context_options, log, 32, 8)},
    {MEMBER(ib_context_options, log_data, 40, 8)},

    {SIZE(ib_codes, 48)},
    {MEMBER(ib_codes, struct_size, 0, 4)},
    {MEMBER(ib_codes, type, 4, 4)},
    {MEMBER(ib_codes, data, 8, 8)},
    {MEMBER(ib_codes, rows, 16, 8)},
    {MEMBER(ib_codes, columns, 24, 8)},
    {MEMBER(ib_codes, row_stride, 32, 8)},
    {MEMBER(ib_codes, column_stride, 40, 8)},

    {SIZE(ib_quant_options, 40)},
    {MEMBER(ib_quant_options, struct_size, 0, 4)},
    {MEMBER(ib_quant_options, bits, 4, 4)},
    {MEMBER(ib_quant_options, grid, 8, 4)},
    {MEMBER(ib_quant_options, range, 12, 4)},
    {MEMBER(ib_quant_options, per_channel, 16, 4)},
    {MEMBER(ib_quant_options, range_gradient, 20, 4)},
    {MEMBER(ib_quant_options, decay, 24, 8)},
    {MEMBER(ib_quant_options, initial_min, 32, 4)},
    {MEMBER(ib_quant_options, initial_max, 36, 4)},

    {SIZE(ib_adam_options, 40)},
    {MEMBER(ib_adam_options, struct_size, 0, 4)},
    {MEMBER(ib_adam_options, epsilon_place, 4, 4)},
    {MEMBER(ib_adam_options, rate, 8, 8)},
    {MEMBER(ib_adam_options, beta1, 16, 8)},
    {MEMBER(ib_adam_options, beta2, 24, 8)},
    {MEMBER(ib_adam_options, epsilon, 32, 8)},

    {SIZE(ib_sgd_options, 24)},
    {MEMBER(ib_sgd_options, struct_size, 0, 4)},
    {MEMBER(ib_sgd_options, reserved, 4, 4)},
    {MEMBER(ib_sgd_options, rate, 8, 8)},
    {MEMBER(ib_sgd_options, momentum, 16, 8)},

    {SIZE(ib_layer_options, 40)},
    {MEMBER(ib_layer_options, struct_size, 0, 4)},
    {MEMBER(ib_layer_options, width, 4, 4)},
    {MEMBER(ib_layer_options, activation, 8, 4)},
    {MEMBER(ib_layer_options, init, 12, 4)},
    {MEMBER(ib_layer_options, constant, 16, 4)},
    {MEMBER(ib_layer_options, quantise_at, 20, 4)},
    {MEMBER(ib_layer_options, activations, 24, 8)},
    {MEMBER(ib_layer_options, weights, 32, 8)},

    {SIZE(ib_epoch, 56)},
    {MEMBER(ib_epoch, struct_size, 0, 4)},
    {MEMBER(ib_epoch, epoch, 4, 4)},
    {MEMBER(ib_epoch, running_loss, 8, 8)},
    {MEMBER(ib_epoch, running_accuracy, 16, 8)},
    {MEMBER(ib_epoch, train_loss, 24, 8)},
    {MEMBER(ib_epoch, train_accuracy, 32, 8)},
    {MEMBER(ib_epoch, test_loss, 40, 8)},
    {MEMBER(ib_epoch, test_accuracy, 48, 8)},

    {SIZE(ib_train_options, 72)},
    {MEMBER(ib_train_options, struct_size, 0, 4)},
    {MEMBER(ib_train_options, epochs, 4, 4)},
    {MEMBER(ib_train_options, batch, 8, 4)},
    {MEMBER(ib_train_options, attempt, 12, 4)},
    {MEMBER(ib_train_options, seed, 16, 8)},
    {MEMBER(ib_train_options, run, 24, 8)},
    {MEMBER(ib_train_options, adam, 32, 8)},
    {MEMBER(ib_train_options, callback, 40, 8)},
    {MEMBER(ib_train_options, user_data, 48, 8)},
    {MEMBER(ib_train_options, sgd, 56, 8)},
    {MEMBER(ib_train_options, prefit_epochs, 64, 4)},
    {MEMBER(ib_train_options, prefit_reset, 68, 4)},

    {SIZE(ib_entropies, 48)},
    {MEMBER(ib_entropies, rows, 0, 8)},
    {MEMBER(ib_entropies, labels, 8, 8)},
    {MEMBER(ib_entropies, joint, 16, 8)},
    {MEMBER(ib_entropies, rows_given_labels, 24, 8)},
    {MEMBER(ib_entropies, labels_given_rows, 32, 8)},
    {MEMBER(ib_entropies, mutual, 40, 8)},
    {SIZE(ib_schedule_options, 24)},
    {MEMBER(ib_schedule_options, struct_size, 0, 4)},
    {MEMBER(ib_schedule_options, kind, 4, 4)},
    {MEMBER(ib_schedule_options, every, 8, 4)},
    {MEMBER(ib_schedule_options, per_octave, 12, 4)},
    {MEMBER(ib_schedule_options, distance, 16, 8)},
    {SIZE(ib_record_options, 32)},
    {MEMBER(ib_record_options, struct_size, 0, 4)},
    {MEMBER(ib_record_options, reserved, 4, 4)},
    {MEMBER(ib_record_options, seed, 8, 8)},
    {MEMBER(ib_record_options, run, 16, 8)},
    {MEMBER(ib_record_options, setting, 24, 8)},
    {SIZE(ib_restart, 16)},
    {MEMBER(ib_restart, attempt, 0, 4)},
    {MEMBER(ib_restart, epoch, 4, 4)},
    {MEMBER(ib_restart, accuracy, 8, 8)},
    {SIZE(ib_extent, 16)},
    {MEMBER(ib_extent, epoch, 0, 4)},
    {MEMBER(ib_extent, layer, 4, 4)},
    {MEMBER(ib_extent, min, 8, 4)},
    {MEMBER(ib_extent, max, 12, 4)},
    {SIZE(ib_study_progress, 40)},
    {MEMBER(ib_study_progress, struct_size, 0, 4)},
    {MEMBER(ib_study_progress, threads, 4, 4)},
    {MEMBER(ib_study_progress, runs, 8, 8)},
    {MEMBER(ib_study_progress, runs_done, 16, 8)},
    {MEMBER(ib_study_progress, epochs, 24, 8)},
    {MEMBER(ib_study_progress, epochs_done, 32, 8)},
    {SIZE(ib_study_options, 80)},
    {MEMBER(ib_study_options, struct_size, 0, 4)},
    {MEMBER(ib_study_options, threads, 4, 4)},
    {MEMBER(ib_study_options, runs, 8, 8)},
    {MEMBER(ib_study_options, train, 16, 8)},
    {MEMBER(ib_study_options, schedule, 24, 8)},
    {MEMBER(ib_study_options, bad_accuracy, 32, 8)},
    {MEMBER(ib_study_options, restart_from, 40, 4)},
    {MEMBER(ib_study_options, reserved, 44, 4)},
    {MEMBER(ib_study_options, save, 48, 8)},
    {MEMBER(ib_study_options, done, 56, 8)},
    {MEMBER(ib_study_options, progress, 64, 8)},
    {MEMBER(ib_study_options, user_data, 72, 8)},
    {SIZE(ib_point, 40)},
    {MEMBER(ib_point, epoch, 0, 4)},
    {MEMBER(ib_point, layer, 4, 4)},
    {MEMBER(ib_point, measure, 8, 4)},
    {MEMBER(ib_point, estimator, 12, 4)},
    {MEMBER(ib_point, states, 16, 8)},
    {MEMBER(ib_point, i_xt, 24, 8)},
    {MEMBER(ib_point, i_ty, 32, 8)},

    {SIZE(ib_moments, 24)},
    {MEMBER(ib_moments, count, 0, 8)},
    {MEMBER(ib_moments, mean, 8, 8)},
    {MEMBER(ib_moments, squares, 16, 8)},

    {SIZE(ib_statistics, 56)},
    {MEMBER(ib_statistics, count, 0, 8)},
    {MEMBER(ib_statistics, mean, 8, 8)},
    {MEMBER(ib_statistics, deviation, 16, 8)},
    {MEMBER(ib_statistics, half_interval, 24, 8)},
    {MEMBER(ib_statistics, min, 32, 8)},
    {MEMBER(ib_statistics, median, 40, 8)},
    {MEMBER(ib_statistics, max, 48, 8)},

    {SIZE(ib_curve_point, 184)},
    {MEMBER(ib_curve_point, epoch, 0, 4)},
    {MEMBER(ib_curve_point, layer, 4, 4)},
    {MEMBER(ib_curve_point, measure, 8, 4)},
    {MEMBER(ib_curve_point, estimator, 12, 4)},
    {MEMBER(ib_curve_point, i_xt, 16, 56)},
    {MEMBER(ib_curve_point, i_ty, 72, 56)},
    {MEMBER(ib_curve_point, states, 128, 56)},

    {SIZE(ib_rank, 24)},
    {MEMBER(ib_rank, run, 0, 8)},
    {MEMBER(ib_rank, points, 8, 8)},
    {MEMBER(ib_rank, distance, 16, 8)},

    {SIZE(ib_phases, 200)},
    {MEMBER(ib_phases, struct_size, 0, 4)},
    {MEMBER(ib_phases, layer, 4, 4)},
    {MEMBER(ib_phases, measure, 8, 4)},
    {MEMBER(ib_phases, estimator, 12, 4)},
    {MEMBER(ib_phases, fitting_first, 16, 4)},
    {MEMBER(ib_phases, fitting_last, 20, 4)},
    {MEMBER(ib_phases, compression_first, 24, 4)},
    {MEMBER(ib_phases, compression_last, 28, 4)},
    {MEMBER(ib_phases, fitting, 32, 56)},
    {MEMBER(ib_phases, rise, 88, 56)},
    {MEMBER(ib_phases, compression, 144, 56)},

    {SIZE(ib_limits, 32)},
    {MEMBER(ib_limits, log2_rows, 0, 8)},
    {MEMBER(ib_limits, h_x, 8, 8)},
    {MEMBER(ib_limits, h_y, 16, 8)},
    {MEMBER(ib_limits, i_xy, 24, 8)},

    {SIZE(ib_violations, 48)},
    {MEMBER(ib_violations, checked, 0, 8)},
    {MEMBER(ib_violations, violated, 8, 8)},
    {MEMBER(ib_violations, largest, 16, 8)},
    {MEMBER(ib_violations, run, 24, 8)},
    {MEMBER(ib_violations, epoch, 32, 4)},
    {MEMBER(ib_violations, layer, 36, 4)},
    {MEMBER(ib_violations, measure, 40, 4)},
    {MEMBER(ib_violations, estimator, 44, 4)},

    {SIZE(ib_binning_options, 40)},
    {MEMBER(ib_binning_options, struct_size, 0, 4)},
    {MEMBER(ib_binning_options, bins, 4, 4)},
    {MEMBER(ib_binning_options, kind, 8, 4)},
    {MEMBER(ib_binning_options, bounds, 12, 4)},
    {MEMBER(ib_binning_options, clamp, 16, 4)},
    {MEMBER(ib_binning_options, reserved, 20, 4)},
    {MEMBER(ib_binning_options, low, 24, 8)},
    {MEMBER(ib_binning_options, high, 32, 8)},

    {SIZE(ib_preset_info, 24)},
    {MEMBER(ib_preset_info, struct_size, 0, 4)},
    {MEMBER(ib_preset_info, points_every, 4, 4)},
    {MEMBER(ib_preset_info, restart_from, 8, 4)},
    {MEMBER(ib_preset_info, reserved, 12, 4)},
    {MEMBER(ib_preset_info, bad_accuracy, 16, 8)},

    {SIZE(ib_task, 32)},
    {MEMBER(ib_task, struct_size, 0, 4)},
    {MEMBER(ib_task, worker, 4, 4)},
    {MEMBER(ib_task, number, 8, 8)},
    {MEMBER(ib_task, context, 16, 8)},
    {MEMBER(ib_task, tasks, 24, 8)},

    {SIZE(ib_tasks_options, 56)},
    {MEMBER(ib_tasks_options, struct_size, 0, 4)},
    {MEMBER(ib_tasks_options, threads, 4, 4)},
    {MEMBER(ib_tasks_options, count, 8, 8)},
    {MEMBER(ib_tasks_options, ahead, 16, 8)},
    {MEMBER(ib_tasks_options, run, 24, 8)},
    {MEMBER(ib_tasks_options, done, 32, 8)},
    {MEMBER(ib_tasks_options, progress, 40, 8)},
    {MEMBER(ib_tasks_options, user_data, 48, 8)},
};

/* Shows all that moved before it fails. */
static void assert_pinned(const pinned *table, size_t n)
{
    size_t moved = 0;
    for (const pinned *p = table; p < table + n; p++) {
        if (p->number == p->pinned_number && p->size == p->pinned_size)
            continue;
        print_error("%s: expected %lld of %zu bytes, got %lld of %zu\n", p->name, (long long)p->pinned_number,
                    p->pinned_size, (long long)p->number, p->size);
        moved++;
    }
    assert_int_equal(moved, 0);
}

static void enumerators(void **state)
{
    (void)state;
    assert_pinned(values, sizeof values / sizeof values[0]);
}

static void structs(void **state)
{
    (void)state;
    if (sizeof(void *) != 8 || sizeof(size_t) != 8)
        skip();
    assert_pinned(layout, sizeof layout / sizeof layout[0]);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(enumerators), cmocka_unit_test(structs)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
