#include "variables.h"

#include "info/variable.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#define COUNT(array) (sizeof(array) / sizeof(array)[0])

/* Seven rows of three codes, of which four are distinct. */
static const uint8_t few[7][3] = {{5, 0, 1}, {0, 5, 1}, {5, 0, 1}, {0, 0, 0}, {5, 0, 1}, {1, 0, 5}, {0, 5, 1}};
static const uint32_t few_numbers[7] = {0, 1, 0, 2, 0, 3, 1};

static ib_codes codes_of(uint32_t type, const void *data, size_t rows, size_t columns)
{
    ib_codes codes;
    ib_codes_init(&codes, type, data, rows, columns);
    return codes;
}

/* What a variable must hold. */
static void assert_holds(const ib_variable *variable, const uint32_t *ids, size_t rows, uint32_t distinct)
{
    size_t missing = 0;
    for (size_t i = 0; i < rows; i++)
        missing += ids[i] == IB_NO_ID;
    assert_int_equal(ib_variable_rows(variable), rows);
    assert_int_equal(ib_variable_missing(variable), missing);
    assert_int_equal(ib_variable_distinct(variable), distinct);
    if (rows)
        assert_memory_equal(ib_variable_ids(variable), ids, rows * sizeof *ids);
    else
        assert_null(ib_variable_ids(variable));
}

static void numbers_by_hand(void **state)
{
    (void)state;
    ib_context *context = test_context(NULL);
    static const uint32_t masks[] = {UINT32_MAX, 0, 3u << 30, 3};
    for (size_t m = 0; m < COUNT(masks); m++) {
        ib_variable *variable = variable_empty(context);
        assert_holds(variable, NULL, 0, 0);
        ib_i_variable_tag_mask(variable, masks[m]);
        const ib_codes codes = codes_of(IB_CODE_UINT8, few, 7, 3);
        for (int times = 0; times < 3; times++) {
            assert_ok(context, ib_variable_set_codes(variable, &codes));
            assert_holds(variable, few_numbers, 7, 4);
        }
        const ib_codes fewer = codes_of(IB_CODE_UINT8, few[1], 2, 3);
        assert_ok(context, ib_variable_set_codes(variable, &fewer));
        assert_holds(variable, (const uint32_t[]){0, 1}, 2, 2);
        const ib_codes none = codes_of(IB_CODE_UINT8, NULL, 0, SIZE_MAX); /* no row is as wide as that */
        assert_ok(context, ib_variable_set_codes(variable, &none));
        assert_holds(variable, NULL, 0, 0);
        ib_variable_destroy(variable);
    }
    ib_context_destroy(context);
}

/* Two rows that differ in one column only are two, at every width around the ends of words. */
static void assert_told_apart(ib_context *context, ib_variable *variable, uint32_t type, const void *a, const void *b,
                              size_t size)
{
    unsigned char rows[3 * 50 * 8];
    for (size_t columns = 1; columns <= 50; columns++)
        for (size_t column = 0; column < columns; column += 1 + columns / 10) {
            for (size_t c = 0; c < 3 * columns; c++)
                memcpy(rows + c * size, a, size);
            memcpy(rows + (columns + column) * size, b, size);
            const ib_codes codes = codes_of(type, rows, 3, columns);
            assert_ok(context, ib_variable_set_codes(variable, &codes));
            assert_holds(variable, (const uint32_t[]){0, 1, 0}, 3, 2);
        }
}

static void all_types_and_widths(void **state)
{
    (void)state;
    ib_context *context = test_context(NULL);
    ib_variable *variable = variable_empty(context);
    for (int collide = 0; collide < 2; collide++) {
        ib_i_variable_tag_mask(variable, collide ? 0 : UINT32_MAX);
        assert_told_apart(context, variable, IB_CODE_UINT8, &(uint8_t){0}, &(uint8_t){128}, 1);
        assert_told_apart(context, variable, IB_CODE_UINT16, &(uint16_t){65535}, &(uint16_t){255}, 2);
        assert_told_apart(context, variable, IB_CODE_INT32, &(int32_t){-1}, &(int32_t){INT32_MIN}, 4);
        assert_told_apart(context, variable, IB_CODE_UINT32, &(uint32_t){0}, &(uint32_t){1u << 31}, 4);
        assert_told_apart(context, variable, IB_CODE_INT64, &(int64_t){INT64_MIN}, &(int64_t){0}, 8);
        assert_told_apart(context, variable, IB_CODE_FLOAT32, &(float){1.0f}, &(float){1.0000001f}, 4);
        assert_told_apart(context, variable, IB_CODE_FLOAT64, &(double){1.0}, &(double){1.0 + 0x1p-52}, 8);
    }
    ib_variable_destroy(variable);
    ib_context_destroy(context);
}

/* Rows so wide that a block holds few of them, or only one. */
static void wide_rows(void **state)
{
    (void)state;
    ib_context *context = test_context(NULL);
    ib_variable *variable = variable_empty(context);
    static const size_t widths[] = {8 * 1024, 8 * 1025 + 1, 8 * 30000, 8 * 70000};
    for (size_t w = 0; w < COUNT(widths); w++) {
        const size_t width = widths[w], rows = 100;
        uint8_t *data = calloc(rows, width);
        uint32_t ids[100] = {0};
        data[1 * width + width - 1] = data[3 * width + width - 1] = 1;
        data[2 * width] = 1;
        data[99 * width + width - 1] = 1;
        ids[1] = ids[3] = ids[99] = 1;
        ids[2] = 2;
        const ib_codes codes = codes_of(IB_CODE_UINT8, data, rows, width);
        assert_ok(context, ib_variable_set_codes(variable, &codes));
        assert_holds(variable, ids, rows, 3);
        free(data);
    }
    ib_variable_destroy(variable);
    ib_context_destroy(context);
}

static void rows_with_missing_codes_are_missing(void **state)
{
    (void)state;
    ib_context *context = test_context(NULL);
    ib_variable *variable = variable_empty(context);
    ib_codes codes = codes_of(IB_CODE_UINT8, few, 7, 3);
    codes.missing = IB_MISSING_DROP;
    codes.missing_code = 1; /* of the third column, and once of the first */
    assert_ok(context, ib_variable_set_codes(variable, &codes));
    const uint32_t all_but_one[7] = {IB_NO_ID, IB_NO_ID, IB_NO_ID, 0, IB_NO_ID, IB_NO_ID, IB_NO_ID};
    assert_holds(variable, all_but_one, 7, 1);
    codes.columns = 2;
    codes.row_stride = 3;
    assert_ok(context, ib_variable_set_codes(variable, &codes));
    assert_holds(variable, (const uint32_t[7]){0, 1, 0, 2, 0, IB_NO_ID, 1}, 7, 3);
    codes.missing = IB_MISSING_REFUSE;
    assert_fails(context, IB_ERR_RANGE, "row 5", ib_variable_set_codes(variable, &codes));
    assert_holds(variable, (const uint32_t[7]){0, 1, 0, 2, 0, IB_NO_ID, 1}, 7, 3);
    codes.missing_code = 77;
    assert_ok(context, ib_variable_set_codes(variable, &codes));
    assert_holds(variable, (const uint32_t[7]){0, 1, 0, 2, 0, 3, 1}, 7, 4);

    const double reals[] = {1, NAN, -0.0, -NAN, 0, 1};
    codes = codes_of(IB_CODE_FLOAT64, reals, 6, 1);
    codes.missing = IB_MISSING_DROP;
    codes.missing_value = NAN;
    assert_ok(context, ib_variable_set_codes(variable, &codes));
    assert_holds(variable, (const uint32_t[6]){0, IB_NO_ID, 1, IB_NO_ID, 1, 0}, 6, 2);
    codes.missing_value = 1;
    codes.rows = 1;
    assert_ok(context, ib_variable_set_codes(variable, &codes)); /* nothing but missing rows */
    assert_holds(variable, (const uint32_t[1]){IB_NO_ID}, 1, 0);
    ib_variable_destroy(variable);
    ib_context_destroy(context);
}

/* Several blocks, in which missing rows come and go. */
static void missing_rows_in_many_blocks(void **state)
{
    (void)state;
    enum { ROWS = 1000 };
    ib_context *context = test_context(NULL);
    ib_variable *variable = variable_empty(context);
    uint16_t data[ROWS];
    uint32_t ids[ROWS], number_of[50];
    for (int round = 0; round < 20; round++) {
        uint32_t distinct = 0;
        memset(number_of, 0xff, sizeof number_of);
        for (size_t i = 0; i < ROWS; i++) {
            data[i] = i / 200 % 2 ? (uint16_t)(1 + test_random_below(49)) : (uint16_t)test_random_below(50);
            if (data[i] && number_of[data[i]] == UINT32_MAX)
                number_of[data[i]] = distinct++;
            ids[i] = data[i] ? number_of[data[i]] : IB_NO_ID;
        }
        ib_codes codes = codes_of(IB_CODE_UINT16, data, ROWS, 1);
        codes.missing = IB_MISSING_DROP;
        assert_ok(context, ib_variable_set_codes(variable, &codes));
        assert_holds(variable, ids, ROWS, distinct);
    }
    ib_variable_destroy(variable);
    ib_context_destroy(context);
}

static void labels_may_be_any_numbers(void **state)
{
    (void)state;
    ib_context *context = test_context(NULL);
    const uint32_t labels[] = {70000, IB_NO_LABEL, 0, IB_NO_LABEL - 1, 70000, 0, 1u << 31};
    ib_variable *variable = variable_of(context, labels, COUNT(labels));
    assert_holds(variable, (const uint32_t[]){0, IB_NO_ID, 1, 2, 0, 1, 3}, 7, 4);
    assert_ok(context, ib_variable_set_labels(variable, NULL, 0));
    assert_holds(variable, NULL, 0, 0);
    ib_variable_destroy(variable);
    ib_context_destroy(context);
}

static void rows_are_their_own_numbers(void **state)
{
    (void)state;
    ib_context *context = test_context(NULL);
    ib_variable *variable = variable_empty(context);
    assert_ok(context, ib_variable_set_rows(variable, 4));
    assert_holds(variable, (const uint32_t[]){0, 1, 2, 3}, 4, 4);
#if SIZE_MAX > UINT32_MAX
    assert_fails(context, IB_ERR_OVERFLOW, "rows: expected at most 4294967295, got 4294967296",
                 ib_variable_set_rows(variable, (size_t)UINT32_MAX + 1));
    assert_holds(variable, (const uint32_t[]){0, 1, 2, 3}, 4, 4);
#endif
    assert_ok(context, ib_variable_set_rows(variable, 0));
    assert_holds(variable, NULL, 0, 0);
    ib_variable_destroy(variable);
    ib_context_destroy(context);
}

static void joint_by_hand(void **state)
{
    (void)state;
    ib_context *context = test_context(NULL);
    const uint32_t a[] = {5, 5, 6, 6, 5, 7, 5, 9}, b[] = {1, 2, 1, 1, 1, IB_NO_LABEL, 2, 1},
                   c[] = {0, 0, 0, 1, IB_NO_LABEL, 0, 0, 0};
    ib_variable *of[3] = {variable_of(context, a, 8), variable_of(context, b, 8), variable_of(context, c, 8)};
    const ib_variable *const parts[] = {of[0], of[1], of[2]};
    ib_variable *joint = variable_joint(context, parts, 1);
    assert_holds(joint, (const uint32_t[]){0, 0, 1, 1, 0, 2, 0, 3}, 8, 4);
    assert_ok(context, ib_variable_set_joint(joint, parts, 2));
    assert_holds(joint, (const uint32_t[]){0, 1, 2, 2, 0, IB_NO_ID, 1, 3}, 8, 4);
    /* Rows that only the last part misses took no number. */
    assert_ok(context, ib_variable_set_joint(joint, parts, 3));
    assert_holds(joint, (const uint32_t[]){0, 1, 2, 3, IB_NO_ID, IB_NO_ID, 1, 4}, 8, 5);
    const ib_variable *const others[] = {of[2], of[1], of[0], of[1]};
    assert_ok(context, ib_variable_set_joint(joint, others, 4));
    assert_holds(joint, (const uint32_t[]){0, 1, 2, 3, IB_NO_ID, IB_NO_ID, 1, 4}, 8, 5);

    /* A variable may be a part of its own. */
    const ib_variable *const itself[] = {of[1], of[0], of[1]};
    assert_ok(context, ib_variable_set_joint(of[1], itself, 3));
    assert_holds(of[1], (const uint32_t[]){0, 1, 2, 2, 0, IB_NO_ID, 1, 3}, 8, 4);

    for (size_t v = 0; v < 3; v++)
        assert_ok(context, ib_variable_set_rows(of[v], 0));
    assert_ok(context, ib_variable_set_joint(joint, parts, 3));
    assert_holds(joint, NULL, 0, 0);
    for (size_t v = 0; v < 3; v++)
        ib_variable_destroy(of[v]);
    ib_variable_destroy(joint);
    ib_context_destroy(context);
}

/* Two factors of 65536 levels: the product of these numbers is 2^32. */
static void joint_of_large_alphabets(void **state)
{
    (void)state;
    enum { ROWS = 70000, LEVELS = 65536 };
    ib_context *context = test_context(NULL);
    uint32_t *a = malloc(ROWS * sizeof *a), *b = malloc(ROWS * sizeof *b), *ids = malloc(ROWS * sizeof *ids);
    for (uint32_t i = 0; i < ROWS; i++) {
        a[i] = i % LEVELS;
        b[i] = i % LEVELS * 3 % LEVELS ^ (i >= LEVELS && i % 2); /* odd ones come again with another b */
        ids[i] = i < LEVELS ? i : i % 2 ? LEVELS + (i - LEVELS) / 2 : i - LEVELS;
    }
    ib_variable *of[2] = {variable_of(context, a, ROWS), variable_of(context, b, ROWS)};
    ib_variable *joint = variable_empty(context);
    for (int collide = 0; collide < 2; collide++) {
        ib_i_variable_tag_mask(joint, collide ? ~(uint32_t)0xffffff : UINT32_MAX);
        assert_ok(context, ib_variable_set_joint(joint, LIST(of[0], of[1]), 2));
        assert_holds(joint, ids, ROWS, LEVELS + (ROWS - LEVELS) / 2);
    }
    for (size_t v = 0; v < 2; v++)
        ib_variable_destroy(of[v]);
    ib_variable_destroy(joint);
    ib_context_destroy(context);
    free(a);
    free(b);
    free(ids);
}

/* All of 64 bits tell pairs apart: (1, 0) and (0, 65536) are two. */
static void joint_of_large_numbers(void **state)
{
    (void)state;
    enum { LEVELS = 140000, MORE = 1000, ROWS = LEVELS + MORE };
    ib_context *context = test_context(NULL);
    uint32_t *a = malloc(ROWS * sizeof *a), *b = malloc(ROWS * sizeof *b);
    for (uint32_t i = 0; i < ROWS; i++) {
        a[i] = i < LEVELS ? i : (i - LEVELS) ^ 1;
        b[i] = i < LEVELS ? i : 65536 * (i % 2);
    }
    ib_variable *of[2] = {variable_of(context, a, ROWS), variable_of(context, b, ROWS)};
    ib_variable *joint = variable_joint(context, LIST(of[0], of[1]), 2);
    for (uint32_t i = 0; i < ROWS; i++)
        a[i] = i; /* each pair is new */
    assert_holds(joint, a, ROWS, ROWS);
    for (size_t v = 0; v < 2; v++)
        ib_variable_destroy(of[v]);
    ib_variable_destroy(joint);
    ib_context_destroy(context);
    free(a);
    free(b);
}

/* Joining by places and by a table gives the same numbers: of the same pairs among few rows, and among many. */
static void both_ways_to_join_agree(void **state)
{
    (void)state;
    enum { ROWS = 6000, PART = 1000, LEVELS = 200 };
    ib_context *context = test_context(NULL);
    uint32_t a[ROWS], b[ROWS];
    for (int round = 0; round < 10; round++) {
        for (size_t i = 0; i < ROWS; i++) {
            a[i] = i < LEVELS ? (uint32_t)i : (uint32_t)test_random_below(LEVELS);
            b[i] = i < LEVELS ? (uint32_t)i : (uint32_t)test_random_below(LEVELS);
            if (i >= LEVELS && test_random_below(9) == 0)
                a[i] = IB_NO_LABEL;
        }
        assert_true(ib_i_join_has_places(ROWS, LEVELS, LEVELS));
        assert_false(ib_i_join_has_places(PART, LEVELS, LEVELS));
        ib_variable *of[4] = {variable_of(context, a, ROWS), variable_of(context, b, ROWS),
                              variable_of(context, a, PART), variable_of(context, b, PART)};
        ib_variable *all = variable_joint(context, LIST(of[0], of[1]), 2);
        ib_variable *part = variable_joint(context, LIST(of[2], of[3]), 2);
        assert_memory_equal(ib_variable_ids(part), ib_variable_ids(all), PART * sizeof(uint32_t));
        for (size_t v = 0; v < 4; v++)
            ib_variable_destroy(of[v]);
        ib_variable_destroy(all);
        ib_variable_destroy(part);
    }
    ib_context_destroy(context);
}

enum { MANY = 5000 };

/* Codes of several widths and labels take turns: what was set once needs no more memory when it is set again. */
static void setting_again_allocates_nothing(void **state)
{
    (void)state;
    test_memory memory;
    ib_context *context = test_context(&memory);
    ib_variable *variable = variable_empty(context), *other = variable_empty(context);
    static uint8_t data[MANY][60];
    static uint32_t labels[MANY];
    for (size_t i = 0; i < MANY; i++) {
        for (size_t j = 0; j < 60; j++)
            data[i][j] = (uint8_t)test_random_below(i % 3 ? 200 : 2);
        labels[i] = (uint32_t)test_random();
    }
    assert_ok(context, ib_variable_set_labels(other, labels, MANY));
    static const size_t widths[] = {60, 1, 2, 3, 5, 10, 17, 30, 40};
    for (int round = 0; round < 3; round++) {
        memory.refuse_after = round == 0 ? SIZE_MAX : 0;
        for (size_t w = 0; w < COUNT(widths); w++) {
            ib_codes codes = codes_of(IB_CODE_UINT8, data, MANY, widths[w]);
            codes.row_stride = 60;
            assert_ok(context, ib_variable_set_codes(variable, &codes));
        }
        assert_ok(context, ib_variable_set_joint(variable, LIST(other, variable), 2));
        assert_ok(context, ib_variable_set_labels(variable, labels, MANY));
        assert_ok(context, ib_variable_set_rows(variable, MANY));
    }
    memory.refuse_after = SIZE_MAX;
    ib_variable_destroy(variable);
    ib_variable_destroy(other);
    ib_context_destroy(context);
    assert_int_equal(memory.live, 0);
}

static void refuses(void **state)
{
    (void)state;
    test_memory memory;
    ib_context *context = test_context(&memory);
    const size_t live = memory.live;
    ib_variable *variable = (ib_variable *)context; /* anything but NULL */
    assert_int_equal(ib_variable_create(NULL, &variable), IB_ERR_ARG);
    assert_null(variable);
    assert_fails(context, IB_ERR_ARG, "out", ib_variable_create(context, NULL));
    assert_int_equal(memory.live, live);

    variable = variable_of_codes(context, IB_CODE_UINT8, few, 7, 3);
    ib_variable *longer = variable_of(context, (const uint32_t[8]){0}, 8);
    ib_codes codes = codes_of(IB_CODE_UINT8, few, 7, 0);
    assert_fails(context, IB_ERR_ARG, "codes", ib_variable_set_codes(variable, NULL));
    assert_fails(context, IB_ERR_ARG, "column", ib_variable_set_codes(variable, &codes));
    codes = codes_of(99, few, 7, 3);
    assert_fails(context, IB_ERR_ARG, "type", ib_variable_set_codes(variable, &codes));
    codes = codes_of(IB_CODE_UINT8, NULL, 7, 3);
    assert_fails(context, IB_ERR_ARG, "data", ib_variable_set_codes(variable, &codes));
    codes = codes_of(IB_CODE_UINT8, few, SIZE_MAX / 2, 3);
    assert_fails(context, IB_ERR_OVERFLOW, "more than memory can hold", ib_variable_set_codes(variable, &codes));
    assert_fails(context, IB_ERR_ARG, "labels is NULL", ib_variable_set_labels(variable, NULL, 1));
    assert_fails(context, IB_ERR_OVERFLOW, "rows", ib_variable_set_labels(variable, few_numbers, SIZE_MAX));
    assert_fails(context, IB_ERR_ARG, "parts is NULL", ib_variable_set_joint(variable, NULL, 1));
    const ib_variable *const parts[] = {variable, NULL}, *const unequal[] = {variable, longer};
    assert_fails(context, IB_ERR_ARG, "parts: expected at least one", ib_variable_set_joint(variable, parts, 0));
    assert_fails(context, IB_ERR_ARG, "parts[1] is NULL", ib_variable_set_joint(variable, parts, 2));
    assert_fails(context, IB_ERR_SHAPE, "parts[1]: expected 7 rows, got 8",
                 ib_variable_set_joint(variable, unequal, 2));
    assert_holds(variable, few_numbers, 7, 4);

    assert_int_equal(ib_variable_set_codes(NULL, &codes), IB_ERR_ARG);
    assert_int_equal(ib_variable_set_labels(NULL, few_numbers, 7), IB_ERR_ARG);
    assert_int_equal(ib_variable_set_rows(NULL, 7), IB_ERR_ARG);
    assert_int_equal(ib_variable_set_joint(NULL, unequal, 1), IB_ERR_ARG);
    assert_int_equal(ib_variable_rows(NULL), 0);
    assert_int_equal(ib_variable_missing(NULL), 0);
    assert_int_equal(ib_variable_distinct(NULL), 0);
    assert_null(ib_variable_ids(NULL));
    ib_variable_destroy(NULL);
    ib_variable_destroy(variable);
    ib_variable_destroy(longer);
    ib_context_destroy(context);
}

/* As if numbers had no more room: in the middle of a matrix, and of a joint. */
static void too_many_distinct_rows(void **state)
{
    (void)state;
    ib_context *context = test_context(NULL);
    static uint32_t a[MANY], b[MANY];
    for (uint32_t i = 0; i < MANY; i++) {
        a[i] = i / 2;
        b[i] = (i + 1) / 2;
    }
    ib_variable *of[2] = {variable_of(context, a, MANY), variable_of(context, b, MANY)};
    ib_variable *variable = variable_of_codes(context, IB_CODE_UINT8, few, 7, 3);
    ib_i_variable_limit(variable, 2000);
    assert_fails(context, IB_ERR_OVERFLOW, "2000", ib_variable_set_labels(variable, a, MANY));
    assert_fails(context, IB_ERR_OVERFLOW, "2000", ib_variable_set_joint(variable, LIST(of[0], of[1]), 2));
    assert_holds(variable, few_numbers, 7, 4);
    ib_i_variable_limit(variable, UINT32_MAX);
    assert_ok(context, ib_variable_set_labels(variable, a, MANY));
    assert_holds(variable, a, MANY, MANY / 2);
    ib_variable_destroy(variable);
    ib_variable_destroy(of[0]);
    ib_variable_destroy(of[1]);
    ib_context_destroy(context);
}

/* Labels, then wide codes, then a joint of many pairs; what failed has changed nothing. */
static ib_status set_three_times(ib_context *context, void *user_data)
{
    (void)user_data;
    static uint32_t labels[300];
    static uint8_t wide[300][50];
    for (size_t i = 0; i < 300; i++) {
        labels[i] = (uint32_t)i;
        memcpy(wide[i], &labels[i], sizeof labels[i]);
    }
    ib_variable *variable = NULL, *other = NULL;
    ib_status status = ib_variable_create(context, &variable);
    assert_true(status == IB_OK || !variable);
    if (status == IB_OK)
        status = ib_variable_create(context, &other);
    if (status == IB_OK)
        status = ib_variable_set_rows(other, 300);
    const ib_codes small = codes_of(IB_CODE_UINT8, few, 7, 3), large = codes_of(IB_CODE_UINT8, wide, 300, 50);
    if (status == IB_OK)
        status = ib_variable_set_codes(variable, &small);
    if (status == IB_OK) {
        status = ib_variable_set_codes(variable, &large);
        if (status != IB_OK)
            assert_holds(variable, few_numbers, 7, 4);
    }
    if (status == IB_OK) {
        status = ib_variable_set_joint(variable, LIST(variable, other), 2);
        assert_holds(variable, labels, 300, 300);
    }
    ib_variable_destroy(variable);
    ib_variable_destroy(other);
    return status;
}

static void without_memory(void **state)
{
    (void)state;
    test_every_failed_allocation(set_three_times, NULL);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(numbers_by_hand),
        cmocka_unit_test(all_types_and_widths),
        cmocka_unit_test(wide_rows),
        cmocka_unit_test(rows_with_missing_codes_are_missing),
        cmocka_unit_test(missing_rows_in_many_blocks),
        cmocka_unit_test(labels_may_be_any_numbers),
        cmocka_unit_test(rows_are_their_own_numbers),
        cmocka_unit_test(joint_by_hand),
        cmocka_unit_test(joint_of_large_alphabets),
        cmocka_unit_test(joint_of_large_numbers),
        cmocka_unit_test(both_ways_to_join_agree),
        cmocka_unit_test(setting_again_allocates_nothing),
        cmocka_unit_test(refuses),
        cmocka_unit_test(too_many_distinct_rows),
        cmocka_unit_test(without_memory),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
