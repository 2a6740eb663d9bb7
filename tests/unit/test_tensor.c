#include "support.h"

#include "base/tensor.h"

#include <math.h>
#include <string.h>

static int setup(void **state)
{
    *state = test_context(NULL);
    return 0;
}

static int teardown(void **state)
{
    ib_context_destroy(*state);
    return 0;
}

static ib_tensor *create(ib_context *context, uint32_t rank, const size_t *shape)
{
    ib_tensor *tensor;
    assert_ok(context, ib_tensor_create(context, rank, shape, &tensor));
    return tensor;
}

static void own_memory(void **state)
{
    static const size_t shape[] = {2, 3, 5, 7};
    size_t size = 1;
    for (uint32_t rank = 1; rank <= IB_TENSOR_MAX_RANK; rank++) {
        ib_tensor *tensor = create(*state, rank, shape);
        size *= shape[rank - 1];
        assert_int_equal(ib_tensor_rank(tensor), rank);
        assert_int_equal(ib_tensor_size(tensor), size);
        for (uint32_t axis = 0; axis < 6; axis++)
            assert_int_equal(ib_tensor_shape(tensor, axis), axis < rank ? shape[axis] : 1);
        assert_int_equal(ib_tensor_shape(tensor, UINT32_MAX), 1);
        float *data = ib_tensor_data(tensor);
        assert_ptr_equal(ib_tensor_read(tensor), data);
        assert_int_equal((uintptr_t)data % 64, 0);
        for (size_t i = 0; i < size; i++)
            assert_true(data[i] == 0 && !signbit(data[i]));
        memset(data, 0xff, size * sizeof *data); /* all of it is ours */
        ib_tensor_destroy(tensor);
    }
}

static void borrowed_memory(void **state)
{
    float data[6] = {1, 2, 3, 4, 5, 6};
    ib_tensor *tensor;
    assert_ok(*state, ib_tensor_create_borrowed(*state, data, 2, (const size_t[]){2, 3}, &tensor));
    assert_ptr_equal(ib_tensor_data(tensor), data);
    assert_ptr_equal(ib_tensor_read(tensor), data);
    assert_int_equal(ib_tensor_size(tensor), 6);
    ib_tensor_data(tensor)[5] = 7;
    ib_tensor_destroy(tensor); /* not the data */
    assert_true(data[5] == 7);
    assert_fails(*state, IB_ERR_ARG, "data is NULL",
                 ib_tensor_create_borrowed(*state, NULL, 2, (const size_t[]){2, 3}, &tensor));
    assert_null(tensor);
}

static void empty(void **state)
{
    static const size_t shapes[][3] = {{0, 3, 2}, {3, 0, 2}, {3, 2, 0}, {SIZE_MAX, SIZE_MAX, 0}};
    for (size_t i = 0; i < sizeof shapes / sizeof shapes[0]; i++) {
        ib_tensor *own = create(*state, 3, shapes[i]), *borrowed;
        assert_int_equal(ib_tensor_size(own), 0);
        assert_int_equal(ib_tensor_shape(own, 0), shapes[i][0]);
        assert_ok(*state, ib_tensor_create_borrowed(*state, NULL, 3, shapes[i], &borrowed));
        assert_ok(*state, ib_tensor_copy(own, borrowed));
        assert_ok(*state, ib_tensor_copy(borrowed, own));
        assert_ok(*state, ib_i_tensor_check_finite(*state, "t", borrowed));
        ib_tensor_destroy(borrowed);
        ib_tensor_destroy(own);
    }
}

static void too_large(void **state)
{
    static const size_t shapes[][4] = {
        {SIZE_MAX, 1, 1, 1},
        {SIZE_MAX / 4 + 1, 1, 1, 1},
        {1, 1, 1, SIZE_MAX / 2},
        {SIZE_MAX / 4, 2, 1, 1},
        {SIZE_MAX, SIZE_MAX, SIZE_MAX, SIZE_MAX},
        {(SIZE_MAX >> 32) + 1, (SIZE_MAX >> 32) + 1, 1, 1}, /* product 2^64: 0 when it wraps */
    };
    ib_tensor *tensor = (ib_tensor *)state;
    for (size_t i = 0; i < sizeof shapes / sizeof shapes[0]; i++) {
        assert_fails(*state, IB_ERR_OVERFLOW, "shape: ", ib_tensor_create(*state, 4, shapes[i], &tensor));
        assert_null(tensor);
        float value;
        assert_fails(*state, IB_ERR_OVERFLOW, "x", ib_tensor_create_borrowed(*state, &value, 4, shapes[i], &tensor));
        assert_null(tensor);
    }
    assert_fails(*state, IB_ERR_NOMEM, "out of memory", /* fits in theory */
                 ib_tensor_create(*state, 1, (const size_t[]){SIZE_MAX / sizeof(float)}, &tensor));
    assert_null(tensor);
}

static void bad_arguments(void **state)
{
    static const size_t shape[8] = {1, 1, 1, 1, 1, 1, 1, 1};
    float value = 0;
    ib_tensor *tensor = (ib_tensor *)state;
    assert_int_equal(ib_tensor_create(NULL, 1, shape, &tensor), IB_ERR_ARG);
    assert_null(tensor);
    tensor = (ib_tensor *)state;
    assert_int_equal(ib_tensor_create_borrowed(NULL, &value, 1, shape, &tensor), IB_ERR_ARG);
    assert_null(tensor);
    assert_fails(*state, IB_ERR_ARG, "out is NULL", ib_tensor_create(*state, 1, shape, NULL));
    assert_fails(*state, IB_ERR_ARG, "out is NULL", ib_tensor_create_borrowed(*state, &value, 1, shape, NULL));
    assert_fails(*state, IB_ERR_ARG, "shape is NULL", ib_tensor_create(*state, 1, NULL, &tensor));
    static const uint32_t ranks[] = {0, 5, UINT32_MAX};
    for (size_t i = 0; i < 3; i++) {
        assert_fails(*state, IB_ERR_ARG, "rank: expected 1 to 4", ib_tensor_create(*state, ranks[i], shape, &tensor));
        assert_fails(*state, IB_ERR_ARG, "rank: expected 1 to 4",
                     ib_tensor_create_borrowed(*state, &value, ranks[i], shape, &tensor));
        assert_null(tensor);
    }
    ib_tensor_destroy(NULL);
    assert_int_equal(ib_tensor_rank(NULL), 0);
    assert_int_equal(ib_tensor_shape(NULL, 0), 0);
    assert_int_equal(ib_tensor_size(NULL), 0);
    assert_null(ib_tensor_data(NULL));
    assert_null(ib_tensor_read(NULL));
}

static void copies(void **state)
{
    ib_tensor *a = create(*state, 2, (const size_t[]){4, 3}), *b = create(*state, 2, (const size_t[]){4, 3});
    for (size_t i = 0; i < 12; i++)
        ib_tensor_data(a)[i] = (float)test_random_uniform();
    ib_tensor_data(a)[3] = -0.0f;
    ib_tensor_data(a)[4] = NAN; /* bits are copied, not values */
    assert_ok(*state, ib_tensor_copy(a, b));
    assert_memory_equal(ib_tensor_read(a), ib_tensor_read(b), 12 * sizeof(float));
    assert_ok(*state, ib_tensor_copy(a, a));
    ib_tensor *wrong[] = {create(*state, 2, (const size_t[]){3, 4}), create(*state, 1, (const size_t[]){12}),
                          create(*state, 3, (const size_t[]){4, 3, 1})};
    const char *words[] = {"target: expected 4x3, got 3x4", "expected 4x3, got 12", "expected 4x3, got 4x3x1"};
    for (size_t i = 0; i < 3; i++) {
        assert_fails(*state, IB_ERR_SHAPE, words[i], ib_tensor_copy(a, wrong[i]));
        assert_true(ib_tensor_read(wrong[i])[0] == 0); /* untouched */
        ib_tensor_destroy(wrong[i]);
    }
    assert_fails(*state, IB_ERR_ARG, "source is NULL", ib_tensor_copy(NULL, b));
    assert_fails(*state, IB_ERR_ARG, "target is NULL", ib_tensor_copy(a, NULL));
    assert_int_equal(ib_tensor_copy(NULL, NULL), IB_ERR_ARG);
    ib_tensor_destroy(b);
    ib_tensor_destroy(a);
}

static void checks_of_shapes(void **state)
{
    ib_tensor *matrix = create(*state, 2, (const size_t[]){10, 12}), *vector = create(*state, 1, (const size_t[]){10});
    assert_ok(*state, ib_i_tensor_check(*state, "kernel", matrix, 10, 12));
    assert_fails(*state, IB_ERR_SHAPE, "kernel: expected 12x10, got 10x12",
                 ib_i_tensor_check(*state, "kernel", matrix, 12, 10));
    assert_fails(*state, IB_ERR_SHAPE, "kernel: expected 10x1, got 10",
                 ib_i_tensor_check(*state, "kernel", vector, 10, 1));
    assert_fails(*state, IB_ERR_ARG, "kernel is NULL", ib_i_tensor_check(*state, "kernel", NULL, 12, 10));
    assert_ok(*state, ib_i_tensor_check_vector(*state, "bias", vector, 10));
    assert_fails(*state, IB_ERR_SHAPE, "bias: expected 12, got 10",
                 ib_i_tensor_check_vector(*state, "bias", vector, 12));
    assert_fails(*state, IB_ERR_SHAPE, "bias: expected 10, got 10x12",
                 ib_i_tensor_check_vector(*state, "bias", matrix, 10));
    assert_ok(*state, ib_i_tensor_check_same(*state, "gradient", matrix, matrix));
    assert_fails(*state, IB_ERR_SHAPE, "gradient: expected 10x12, got 10",
                 ib_i_tensor_check_same(*state, "gradient", matrix, vector));
    assert_fails(*state, IB_ERR_ARG, "gradient is NULL", ib_i_tensor_check_same(*state, "gradient", matrix, NULL));
    ib_tensor_destroy(vector);
    ib_tensor_destroy(matrix);

    ib_tensor *wide; /* the longest text there is */
    assert_ok(*state,
              ib_tensor_create_borrowed(*state, NULL, 4, (const size_t[]){SIZE_MAX, SIZE_MAX, SIZE_MAX, 0}, &wide));
    assert_int_equal(ib_i_tensor_check(*state, "kernel", wide, SIZE_MAX, SIZE_MAX), IB_ERR_SHAPE);
    if (SIZE_MAX == UINT64_MAX)
        assert_string_equal(ib_context_message(*state),
                            "kernel: expected 18446744073709551615x18446744073709551615, got 18446744073709551615x"
                            "18446744073709551615x18446744073709551615x0");
    ib_tensor_destroy(wide);
}

static void checks_of_values(void **state)
{
    ib_tensor *tensor = create(*state, 3, (const size_t[]){2, 3, 4});
    float *data = ib_tensor_data(tensor);
    data[0] = 3.4e38f, data[1] = -3.4e38f, data[2] = 1e-45f;
    assert_ok(*state, ib_i_tensor_check_finite(*state, "inputs", tensor));
    data[23] = INFINITY;
    assert_fails(*state, IB_ERR_NONFINITE, "inputs: expected finite values, got infinity at [1][2][3]",
                 ib_i_tensor_check_finite(*state, "inputs", tensor));
    data[17] = -INFINITY;
    assert_fails(*state, IB_ERR_NONFINITE, "got -infinity at [1][1][1]",
                 ib_i_tensor_check_finite(*state, "inputs", tensor));
    data[4] = NAN;
    assert_fails(*state, IB_ERR_NONFINITE, "got NaN at [0][1][0]", ib_i_tensor_check_finite(*state, "inputs", tensor));
    ib_tensor_destroy(tensor);
}

static ib_status make_both(ib_context *context, void *user_data)
{
    ib_tensor *own = NULL, *borrowed = NULL;
    ib_status status = ib_tensor_create(context, 2, (const size_t[]){4, 4}, &own);
    assert_true((status == IB_OK) == (own != NULL));
    if (status == IB_OK) {
        status = ib_tensor_create_borrowed(context, user_data, 1, (const size_t[]){1}, &borrowed);
        assert_true((status == IB_OK) == (borrowed != NULL));
    }
    ib_tensor_destroy(borrowed);
    ib_tensor_destroy(own);
    return status;
}

static void out_of_memory(void **state)
{
    (void)state;
    float value = 0;
    test_every_failed_allocation(make_both, &value);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(own_memory),       cmocka_unit_test(borrowed_memory),  cmocka_unit_test(empty),
        cmocka_unit_test(too_large),        cmocka_unit_test(bad_arguments),    cmocka_unit_test(copies),
        cmocka_unit_test(checks_of_shapes), cmocka_unit_test(checks_of_values), cmocka_unit_test(out_of_memory),
    };
    return cmocka_run_group_tests(tests, setup, teardown);
}
