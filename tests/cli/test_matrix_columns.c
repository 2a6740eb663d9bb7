/* Columns that are used, labels among them, and what becomes of values. */
#include "reading.h"

/* Reads values and labels of columns that are used so. */
static int read_used(FILE *stream, int how, const char *use, matrix *values, matrix *column, words *texts)
{
    matrix_reader *reader;
    unsigned char uses[8] = {0};
    *values = *column = (matrix){0};
    *texts = (words){0};
    listen();
    if (matrix_open_stream(&reader, stream, "t", how | MATRIX_CHOSEN | MATRIX_TWICE))
        return -1;
    assert_int_equal(matrix_columns(reader), strlen(use));
    for (size_t i = 0; use[i]; i++)
        uses[i] = use[i] == 'v' ? MATRIX_VALUES : use[i] == 'l' ? MATRIX_LABELS : MATRIX_UNUSED;
    int failed = matrix_use(reader, uses);
    if (!failed && strchr(use, 'l'))
        failed = matrix_read_labels(reader, column, texts);
    if (!failed && strchr(use, 'v'))
        failed = matrix_read_rest(values, reader);
    matrix_close(reader);
    if (failed) {
        matrix_free(column);
        words_clear(texts);
    }
    if (!failed)
        said();
    return failed;
}

/* Asserts labels as text, "b a b" for instance, of which those that are missing are "-". */
static void assert_labels(const char *text, const char *use, size_t rows, const char *expected)
{
    for (size_t m = 0; m < 2; m++) {
        char found[128] = "";
        matrix values, column;
        words texts;
        if (read_used(makers[m](text, strlen(text)), MATRIX_GAPS, use, &values, &column, &texts))
            fail_msg("%s", said());
        if (strchr(use, 'v'))
            assert_int_equal(values.rows, rows);
        assert_int_equal(column.rows, rows);
        for (size_t i = 0; i < rows; i++) {
            size_t length;
            const double label = matrix_real(column.type, column.data, i);
            char digits[32];
            snprintf(digits, sizeof digits, "%g", label);
            strcat(found, i ? " " : "");
            strcat(found, isnan(label) ? "-" : texts.count ? words_text(&texts, (size_t)label, &length) : digits);
        }
        assert_string_equal(found, expected);
        for (size_t i = 1; i < texts.count; i++) {
            size_t length;
            assert_true(strcmp(words_text(&texts, i - 1, &length), words_text(&texts, i, &length)) < 0);
        }
        words_clear(&texts);
        matrix_free(&column);
        matrix_free(&values);
    }
}

static void text_labels(void **state)
{
    (void)state;
    if (!READS_TEXT)
        skip();
    assert_labels("1,b\n2,a\n3,b\n", "vl", 3, "b a b");
    assert_labels("x,a\n2,a\n3,B\n4,\xc3\xa4\n", "vl", 3, "a B \xc3\xa4");
    assert_labels("1,b,?\n2,,?\n3,nan,?\n", "vl.", 3, "b - -");
    assert_labels("1,7\n2,8.5\n3,\n", "vl", 3, "7 8.5 -");
    assert_labels("1,7\n2,8.5\n3,x\n", "vl", 3, "7 8.5 x");
    assert_labels("word,7\n,8\n", ".l", 2, "7 8");
    assert_labels("word\n7\n", "l", 1, "7");
    assert_labels("word\n7\n8.5\n", "l", 2, "7 8.5");
    assert_labels("word\na\nb\na\n", "l", 3, "a b a");
    assert_labels("a\nb\na\n", "l", 3, "a b a");
    assert_labels("7\na\n7\n", "l", 3, "7 a 7");
    assert_labels("\"one two\"\nx\n\"one two\"\n", "l", 3, "one two x one two");
    assert_labels("1,99999999999999999999\n2,1\n", "vl", 2, "99999999999999999999 1");
    /* Not the words but the numbers that are counted say whether there is a header. */
    assert_labels("r,1,a\nr,2,b\n", ".vl", 2, "a b");
    assert_labels("r,x,a\nr,2,b\n", ".vl", 1, "b");
}

/* Many different ones, in ascending order of their bytes. */
static void many_words(void **state)
{
    (void)state;
    words texts = {0};
    uint32_t number;
    char text[16];
    for (uint32_t i = 0; i < 5000; i++) {
        snprintf(text, sizeof text, "w%u", (unsigned)(i * 7919 % 5000));
        assert_int_equal(words_add(&texts, text, strlen(text), &number), 0);
        assert_int_equal(number, i);
    }
    for (uint32_t i = 0; i < 5000; i++) {
        snprintf(text, sizeof text, "w%u", (unsigned)(i * 7919 % 5000));
        assert_int_equal(words_add(&texts, text, strlen(text), &number), 0);
        assert_int_equal(number, i);
    }
    assert_int_equal(words_add(&texts, "w1\0", 3, &number), 0);
    assert_int_equal(number, 5000);
    uint32_t *order = words_sort(&texts);
    assert_non_null(order);
    size_t length;
    assert_string_equal(words_text(&texts, order[0], &length), "w0");
    assert_int_equal(order[0], 0);
    assert_int_equal(order[5000], 2);
    words_text(&texts, 2, &length);
    assert_int_equal(length, 3);
    free(order);
    words_clear(&texts);
    assert_int_equal(texts.count, 0);
}

/* NaN does not matter in columns of NPY that are not used. */
static void columns_of_npy(void **state)
{
    (void)state;
    char bytes[512];
    const float data[] = {1, NAN, 3, 4, 5, 6, 7, NAN, 9};
    const char header[] = "{'descr': '<f4', 'fortran_order': False, 'shape': (3, 3)}\n";
    const size_t size = npy(bytes, header, data, sizeof data);
    matrix values, column;
    words texts;
    for (size_t m = 0; m < 2; m++) {
        assert_int_equal(read_used(makers[m](bytes, size), 0, "v.l", &values, &column, &texts), 0);
        const float *v = values.data, *l = column.data;
        assert_true(values.rows == 3 && values.columns == 1 && column.rows == 3 && column.columns == 1);
        assert_true(v[0] == 1 && v[1] == 4 && v[2] == 7 && l[0] == 3 && l[1] == 6 && l[2] == 9);
        assert_int_equal(texts.count, 0);
        matrix_free(&values);
        matrix_free(&column);
    }
    assert_int_equal(read_used(file_of(bytes, size), 0, ".vl", &values, &column, &texts), -1);
    assert_string_equal(said(), "ib: t: row 1, column 2: expected a number, got NaN; is it missing (--missing nan)?\n");
    assert_int_equal(read_used(file_of(bytes, size), 0, "vl.", &values, &column, &texts), -1);
    assert_string_equal(said(), "ib: t: row 1, column 2: expected a number, got NaN; is it missing (--missing nan)?\n");
    assert_true(!values.data && !column.data);
}

/* More than one block of the reader, lines across its edges. */
static void long_text(void **state)
{
    (void)state;
    if (!READS_TEXT)
        skip();
    const size_t rows = 30000;
    FILE *stream = temporary_create();
    matrix all;
    for (size_t i = 0; i < rows; i++)
        fprintf(stream, "%zu,%zu\r\n", i, i * i);
    rewind(stream);
    assert_int_equal(read_stream(stream, "t", 0, 777, &all), 0);
    assert_int_equal(all.rows, rows);
    for (size_t i = 0; i < rows; i++)
        assert_true(((int64_t *)all.data)[2 * i] == (int64_t)i && ((int64_t *)all.data)[2 * i + 1] == (int64_t)(i * i));
    matrix_free(&all);
    stream = temporary_create();
    for (size_t i = 0; i < 400000; i++)
        fputc('1', stream);
    rewind(stream);
    assert_int_equal(read_stream(stream, "t", 0, 777, &all), -1);
    assert_string_equal(said(), "ib: t: line 1: expected values of at most 65536 characters\n");
}

static void labels(void **state)
{
    (void)state;
    const int64_t small[] = {3, 0, 65535, 3}, negative[] = {7, -1, INT64_MAX, INT64_MIN, 7}, large[] = {65536, 5, 5};
    const double real[] = {2, 0, (double)NAN, -0.0}, other[] = {0.5, -0.0, (double)INFINITY, 0.0, (double)NAN};
    const struct {
        matrix of;
        uint32_t classes, labels[5];
    } all[] = {
        {{IB_CODE_INT64, 4, 1, (void *)small}, 65536, {3, 0, 65535, 3}},
        {{IB_CODE_INT64, 5, 1, (void *)negative}, 4, {2, 1, 3, 0, 2}},
        {{IB_CODE_INT64, 3, 1, (void *)large}, 2, {1, 0, 0}},
        {{IB_CODE_FLOAT64, 4, 1, (void *)real}, 3, {2, 0, IB_NO_LABEL, 0}},
        {{IB_CODE_FLOAT64, 5, 1, (void *)other}, 3, {1, 0, 2, 0, IB_NO_LABEL}},
        {{IB_CODE_INT64, 0, 1, NULL}, 0, {0}},
    };
    for (size_t i = 0; i < sizeof all / sizeof all[0]; i++) {
        uint32_t *found, classes;
        assert_int_equal(matrix_labels(&all[i].of, "t", &found, &classes), 0);
        assert_int_equal(classes, all[i].classes);
        assert_memory_equal(found, all[i].labels, all[i].of.rows * sizeof *found);
        free(found);
    }
    uint32_t *found, classes;
    const matrix wide = {IB_CODE_INT64, 2, 2, (void *)small};
    listen();
    assert_int_equal(matrix_labels(&wide, "t", &found, &classes), -1);
    assert_string_equal(said(), "ib: t: expected labels in one column, got 2 columns\n");
    assert_null(found);
}

static void floats(void **state)
{
    (void)state;
    const int32_t whole[] = {1, 16777216, -16777216, 16777217};
    const double real[] = {0.1, -3.5, 1e39, (double)NAN};
    float *values;
    matrix m = {IB_CODE_INT32, 3, 1, (void *)whole};
    assert_int_equal(matrix_floats(&m, "t", &values), 0);
    assert_true(values[0] == 1.0f && values[1] == 16777216.0f && values[2] == -16777216.0f);
    free(values);
    m.rows = 4;
    listen();
    assert_int_equal(matrix_floats(&m, "t", &values), -1);
    assert_string_equal(said(), "ib: t: row 4, column 1: expected an integer that a float32 holds, got 16777217\n");
    m = (matrix){IB_CODE_FLOAT64, 1, 2, (void *)real};
    assert_int_equal(matrix_floats(&m, "t", &values), 0);
    assert_true(values[0] == 0.1f && values[1] == -3.5f);
    free(values);
    m.rows = 2;
    listen();
    assert_int_equal(matrix_floats(&m, "t", &values), -1);
    assert_string_equal(said(), "ib: t: row 2, column 1: expected a finite float32, got 1e+39\n");
    assert_null(values);
}

static void files(void **state)
{
    (void)state;
    matrix all;
    listen();
    assert_int_equal(matrix_read(&all, "/nowhere/at.all"), -1);
    assert_string_equal(said(), "ib: /nowhere/at.all: No such file or directory\n");
    listen();
    assert_int_equal(matrix_read(&all, "/"), -1);
    assert_string_equal(said(), "ib: /: Is a directory\n");
    temporary_set_folder("/nowhere");
    matrix_reader *reader;
    listen();
    assert_int_equal(matrix_open_stream(&reader, pipe_of("1\n", 2), "t", 0), -1);
    assert_string_equal(said(), "ib: /nowhere: no temporary file: No such file or directory\n");
    temporary_set_folder(NULL);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(text_labels), cmocka_unit_test(many_words), cmocka_unit_test(columns_of_npy),
        cmocka_unit_test(long_text),   cmocka_unit_test(labels),     cmocka_unit_test(floats),
        cmocka_unit_test(files),
    };
    return cmocka_run_group_tests(tests, prepare, NULL);
}
