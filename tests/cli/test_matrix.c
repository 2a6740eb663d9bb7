/* Readers of matrices: what they read, and what they refuse, byte by byte. */
#include "reading.h"

static void npy_types(void **state)
{
    (void)state;
    char bytes[1024];
    const uint8_t u1[] = {0, 1, 2, 250, 251, 252};
    const int8_t i1[] = {-128, 127, 0, -1, 1, 2};
    const int16_t i2[] = {-32768, 32767, 0, -1, 1, 2};
    const int32_t wide1[] = {-128, 127, 0, -1, 1, 2}, wide2[] = {-32768, 32767, 0, -1, 1, 2};
    const uint16_t u2[] = {0, 1, 2, 65533, 65534, 65535};
    const int32_t i4[] = {INT32_MIN, INT32_MAX, 0, -1, 1, 2};
    const uint32_t u4[] = {0, 1, 2, 3, 4, UINT32_MAX};
    const int64_t i8[] = {INT64_MIN, INT64_MAX, 0, -1, 1, 2};
    const int64_t u8[] = {0, 1, 2, 3, 4, INT64_MAX};
    const float f4[] = {0.0f, -0.0f, 1.5f, FLT_MAX, FLT_MIN, INFINITY};
    const double f8[] = {0.0, -0.0, 1.5, DBL_MAX, DBL_MIN, -(double)INFINITY};
    const struct {
        const char *descr;
        const void *stored;
        size_t size;
        uint32_t type;
        const void *given;
    } all[] = {
        {"|u1", u1, 1, IB_CODE_UINT8, u1},    {"|b1", u1, 1, IB_CODE_UINT8, u1},   {"|i1", i1, 1, IB_CODE_INT32, wide1},
        {"<i2", i2, 2, IB_CODE_INT32, wide2}, {"<u2", u2, 2, IB_CODE_UINT16, u2},  {"<i4", i4, 4, IB_CODE_INT32, i4},
        {"<u4", u4, 4, IB_CODE_UINT32, u4},   {"<i8", i8, 8, IB_CODE_INT64, i8},   {"<u8", u8, 8, IB_CODE_INT64, u8},
        {"<f4", f4, 4, IB_CODE_FLOAT32, f4},  {"<f8", f8, 8, IB_CODE_FLOAT64, f8},
    };
    for (size_t t = 0; t < sizeof all / sizeof all[0]; t++) {
        char header[128];
        unsigned char stored[48], swapped[48], turned[48];
        const size_t size = all[t].size;
        memcpy(stored, all[t].stored, 6 * size);
        snprintf(header, sizeof header, "{'descr': '%s', 'fortran_order': False, 'shape': (3, 2), }  \n", all[t].descr);
        assert_holds(bytes, npy(bytes, header, stored, 6 * size), "t.npy", all[t].type, 3, 2, all[t].given);
        /* As a vector. */
        snprintf(header, sizeof header, "{\"shape\":(6L,),'fortran_order':True,'descr':'%s'}", all[t].descr);
        assert_holds(bytes, npy(bytes, header, stored, 6 * size), "t.npy", all[t].type, 6, 1, all[t].given);
        /* Bytes the other way round. */
        for (size_t i = 0; i < 6 * size; i++)
            swapped[i] = stored[i / size * size + size - 1 - i % size];
        snprintf(header, sizeof header, "{'descr': '>%s', 'fortran_order': False, 'shape': (3, 2)}", all[t].descr + 1);
        assert_holds(bytes, npy(bytes, header, swapped, 6 * size), "t.npy", all[t].type, 3, 2, all[t].given);
        /* By columns. */
        for (size_t i = 0; i < 6; i++)
            memcpy(turned + (i % 2 * 3 + i / 2) * size, swapped + i * size, size);
        snprintf(header, sizeof header, "{'descr': '>%s', 'fortran_order': True, 'shape': (3, 2)}", all[t].descr + 1);
        assert_holds(bytes, npy(bytes, header, turned, 6 * size), "t.npy", all[t].type, 3, 2, all[t].given);
    }
}

static void npy_versions_and_sizes(void **state)
{
    (void)state;
    char bytes[512], later[512];
    const uint8_t data[] = {1, 2, 3};
    const char header[] = "{'descr': '|u1', 'fortran_order': False, 'shape': (1, 3)}\n";
    const size_t size = npy(bytes, header, data, 3);
    for (char version = 2; version <= 3; version++) {
        memcpy(later, bytes, 10);
        later[6] = version;
        later[10] = later[11] = 0;
        memcpy(later + 12, bytes + 10, size - 10);
        assert_holds(later, size + 2, "t.npy", IB_CODE_UINT8, 1, 3, data);
    }
    assert_holds(bytes, npy(bytes, "{'descr': '|u1', 'fortran_order': False, 'shape': (0, 3)}", NULL, 0), "t",
                 IB_CODE_UINT8, 0, 3, NULL);
    assert_holds(bytes, npy(bytes, "{'descr': '<f8', 'fortran_order': True, 'shape': (0,)}", NULL, 0), "t",
                 IB_CODE_FLOAT64, 0, 1, NULL);
}

#define REST ", 'fortran_order': False, 'shape': (2, 2)}"

static void npy_refusals(void **state)
{
    (void)state;
    static const struct {
        const char *header, *line;
    } all[] = {
        {"{'descr': '<f2'" REST, "t.npy: type: expected bool, an integer, float32 or float64, got float16; "
                                 "array.astype('float32') has the same values"},
        {"{'descr': '|O'" REST, "t.npy: type: expected bool, an integer, float32 or float64, got Python objects"},
        {"{'descr': [('x', '<f4'), ('y', '<i4')]" REST,
         "t.npy: type: expected bool, an integer, float32 or float64, got a structured type"},
        {"{'descr': '<c8'" REST, "t.npy: type: expected bool, an integer, float32 or float64, got <c8"},
        {"{'descr': '<U12'" REST, "t.npy: type: expected bool, an integer, float32 or float64, got <U12"},
        {"{'descr': ''" REST, "t.npy: type: expected bool, an integer, float32 or float64, got "},
        {"{'descr': '\x01i4'" REST, "t.npy: type: expected bool, an integer, float32 or float64, got ?i4"},
        {"{'descr': '|u1', 'fortran_order': False, 'shape': ()}",
         "t.npy: shape: expected (rows,) or (rows, columns), got ()"},
        {"{'descr': '|u1', 'fortran_order': False, 'shape': (2, 3, 4), }",
         "t.npy: shape: expected (rows,) or (rows, columns), got (2, 3, 4)"},
        {"{'descr': '|u1', 'fortran_order': False, 'shape': (4, 0)}",
         "t.npy: shape: expected (rows,) or (rows, columns), got (4, 0)"},
        {"{'descr': '|u1', 'fortran_order': False, 'shape': (99999999999999999999, 1)}",
         "t.npy: shape: expected numbers below 2^64"},
        {"{'descr': '<f8', 'fortran_order': False, 'shape': (4294967296, 4294967296)}",
         "t.npy: shape: expected no more than memory has addresses for, got (4294967296, 4294967296)"},
        {"{'descr': '|u1', 'fortran_order': False, 'shape': (1, 18446744073709551615)}",
         "t.npy: shape: expected no more than memory has addresses for, got (1, 18446744073709551615)"},
        {"{'descr': '|u1', 'fortran_order': False, 'shape': (-1, 2)}",
         "t.npy: NPY header: expected a number, got \"-1, 2)}\""},
        {"{'descr': '|u1', 'fortran_order': False, 'shape': (1, 2", "t.npy: NPY header: expected a comma or the end of "
                                                                    "the shape, got \"\""},
        {"{'descr': '|u1', 'fortran_order': False, 'shape': (1 2)}",
         "t.npy: NPY header: expected a comma or the end of the shape, got \"2)}\""},
        {"{'descr': '|u1', 'fortran_order': 0, 'shape': (1, 2)}",
         "t.npy: NPY header: expected True or False, got \"0, 'shape': (1, 2)}\""},
        {"{'descr': '|u1', 'shape': (1, 2)}",
         "t.npy: NPY header: expected descr, fortran_order and shape, but fortran_order is missing"},
        {"{}", "t.npy: NPY header: expected descr, fortran_order and shape, but descr is missing"},
        {"{'descr': '|u1', 'descr': '|u1'}",
         "t.npy: NPY header: expected descr, fortran_order and shape, once each, got \"'descr': '|u1'}\""},
        {"{'x': 1}", "t.npy: NPY header: expected descr, fortran_order and shape, once each, got \"'x': 1}\""},
        {"{'descr' '|u1'}", "t.npy: NPY header: expected a colon, got \"'|u1'}\""},
        {"{'descr': '|u1", "t.npy: NPY header: expected a short string in quotes, got \"'|u1\""},
        {"{", "t.npy: NPY header: expected a short string in quotes, got \"\""},
        {"", "t.npy: NPY header: expected a dictionary of Python, got \"\""},
        {"{'descr': '|u1'" REST "x", "t.npy: NPY header: expected the end of the header, got \"x\""},
        {"{'descr': '|u1'" REST, "t.npy: row 2: the file ends early: expected 2 rows"},
    };
    for (size_t i = 0; i < sizeof all / sizeof all[0]; i++) {
        char bytes[512];
        assert_refused(bytes, npy(bytes, all[i].header, "ab", 2), "t.npy", all[i].line);
    }
}

static void npy_damage(void **state)
{
    (void)state;
    char bytes[512];
    const uint64_t large[] = {1, UINT64_C(1) << 63};
    const float values[] = {0, 1, 2, NAN};
    size_t size = npy(bytes, "{'descr': '<u8', 'fortran_order': False, 'shape': (2,)}", large, sizeof large);
    assert_refused(bytes, size, "t", "t: row 2: expected integers below 2^63, got 9223372036854775808");
    size = npy(bytes, "{'descr': '<f4', 'fortran_order': False, 'shape': (2, 2)}", values, sizeof values);
    assert_refused(bytes, size, "t", "t: row 2, column 2: expected a number, got NaN; is it missing (--missing nan)?");
    matrix all;
    assert_int_equal(read_stream(file_of(bytes, size), "t", 1, 1, &all), 0);
    assert_memory_equal(all.data, values, sizeof values);
    matrix_free(&all);
    memset(&bytes[size - 4], 0, 5);
    assert_refused(bytes, size + 1, "t", "t: expected the end after 2 rows, but there is more");
    bytes[6] = 4;
    assert_refused(bytes, size, "t", "t: NPY format: expected version 1.0, 2.0 or 3.0, got 4.0");
    bytes[6] = 2; /* the length is then that of 4 bytes, two of which are the beginning of the header */
    assert_refused(bytes, size, "t", "t: NPY header: expected at most 65535 bytes, got 662372409");
    bytes[6] = 1;
    bytes[9] = 127;
    assert_refused(bytes, size, "t", "t: NPY header: the file ends early");
    bytes[1] = 'M';
    assert_refused(bytes, size, "t", "t: expected an NPY file or numbers as text, got neither");
    /* Wherever it ends: one line. */
    size = npy(bytes, "{'descr': '<f4', 'fortran_order': True, 'shape': (3, 1)}", values, 12);
    for (size_t end = 1; end < size; end++)
        for (size_t m = 0; m < 2; m++) {
            assert_int_equal(read_stream(makers[m](bytes, end), "t", 0, 2, &all), -1);
            assert_non_null(strstr(said(), "the file ends early"));
        }
}

/* A pipe is believed piece by piece, not by what it claims. */
static void npy_claims(void **state)
{
    (void)state;
    char bytes[512];
    matrix all;
    const size_t size = npy(bytes, "{'descr': '|u1', 'fortran_order': False, 'shape': (100000000000000, 1)}", "ab", 2);
    assert_int_equal(read_stream(pipe_of(bytes, size), "t", 0, SIZE_MAX, &all), -1);
    assert_string_equal(said(), "ib: t: row 3: the file ends early: expected 100000000000000 rows\n");
}

#define assert_text(text, name, type, rows, columns, ...)                                                              \
    do {                                                                                                               \
        const type expected[] = {__VA_ARGS__};                                                                         \
        assert_int_equal(sizeof expected / sizeof expected[0], (rows) * (columns));                                    \
        assert_holds(text, sizeof text - 1, name,                                                                      \
                     sizeof(type) == 8 && (type)0.5 > 0 ? IB_CODE_FLOAT64 : IB_CODE_INT64, rows, columns, expected);   \
    } while (0)

static void text_is_read(void **state)
{
    (void)state;
    if (!READS_TEXT)
        skip();
    assert_text("1,2\n3,4\n", "t.csv", int64_t, 2, 2, 1, 2, 3, 4);
    assert_text("1,2\n3,4", "t", int64_t, 2, 2, 1, 2, 3, 4);
    assert_text("a,b\r\n1,2\r\n3,4\r\n", "t", int64_t, 2, 2, 1, 2, 3, 4);
    assert_text("1;2\r3;4\r", "t", int64_t, 2, 2, 1, 2, 3, 4);
    assert_text("\xef\xbb\xbfx\n-7\n+8\n007\n", "t", int64_t, 3, 1, -7, 8, 7);
    assert_text("\n\n  1   2 \n\n 3 4\n\n", "t", int64_t, 2, 2, 1, 2, 3, 4);
    assert_text("# by numpy\n#, or not\n1.5e0 2\n-0.25 1e3\n", "t", double, 2, 2, 1.5, 2, -0.25, 1000);
    assert_text("1\t 2\n3 \t4\n", "t.TSV", int64_t, 2, 2, 1, 2, 3, 4);
    assert_text("\"a,b\"\t\"c\nd\"\n\"1\"\t2\n", "t", int64_t, 1, 2, 1, 2);
    assert_text("1,2\n3,.5\n", "t", double, 2, 2, 1, 2, 3, 0.5);
    assert_text("9223372036854775807,-9223372036854775808", "t", int64_t, 1, 2, INT64_MAX, INT64_MIN);
    assert_text("inf,-Infinity\n0,-0.0\n", "t", double, 2, 2, (double)INFINITY, -(double)INFINITY, 0.0, -0.0);
    assert_text("1e-999,0.1\n", "t", double, 1, 2, 0.0, 0.1);
    assert_text("9007199254740992,0.5\n", "t", double, 1, 2, 9007199254740992.0, 0.5);
    assert_holds("a,b,c\n", 6, "t", IB_CODE_INT64, 0, 3, NULL);
}

static void text_is_refused(void **state)
{
    (void)state;
    if (!READS_TEXT)
        skip();
    static const struct {
        const char *text, *line;
    } all[] = {
        {"", "t: expected rows of numbers, got none"},
        {"\n\r\n  \n", "t: expected rows of numbers, got none"},
        {"# only this", "t: expected rows of numbers, got none"},
        {"1,2\n3\n", "t: line 2: expected 2 values, as in the lines before, got 1"},
        {"1,2\n\n\n3,4,5\n", "t: line 4: expected 2 values, as in the lines before, got 3"},
        {"a,b\r\n1,2,3\r\n", "t: line 2: expected 2 values, as in the lines before, got 3"},
        {"1,2\r3,x\r", "t: line 2: value 2: expected a number, got \"x\""},
        {"1,x\n", "t: line 1: value 2: expected a number, got \"x\""},
        {"a,b\nc,d\n", "t: line 2: value 1: expected a number, got \"c\""},
        {"1,2\n3,\n", "t: line 2: value 2: expected a number, got none; is it missing (--missing nan)?"},
        {"1,2\nNaN,0\n", "t: line 2: value 1: expected a number, got none; is it missing (--missing nan)?"},
        {"1\n0x10\n", "t: line 2: value 1: expected a number, got \"0x10\""},
        {"1\n1.5.2\n", "t: line 2: value 1: expected a number, got \"1.5.2\""},
        {"1\n--1\n", "t: line 2: value 1: expected a number, got \"--1\""},
        {"1\n-\n", "t: line 2: value 1: expected a number, got \"-\""},
        {"1;1\n1,5;2,5\n",
         "t: line 2: value 1: expected a number, got \"1,5\"; decimal commas are not read, only points"},
        {"1,5;2,5\n3;4\n",
         "t: line 1: value 1: expected a number, got \"1,5\"; decimal commas are not read, only points"},
        {"a\t-1.234,5\n3\t4\n",
         "t: line 1: value 2: expected a number, got \"-1.234,5\"; decimal commas are not read, only points"},
        {"1\n1e999\n", "t: line 2: value 1: expected an integer of 64 bits or a finite number, got 1e999"},
        {"9223372036854775808\n",
         "t: line 1: value 1: expected an integer of 64 bits or a finite number, got 9223372036854775808"},
        {"0.5\n1\n9007199254740993\n", "t: line 3: value 1: expected a number that a float64 holds, as there are some "
                                       "that are not integers, got 9007199254740993"},
        {"1\n\"2\n", "t: line 3: a quote out of place"},
        {"1\n2\"2\n", "t: line 2: a quote out of place"},
        {"1\nx123456789012345678901234567890123456789012345\n",
         "t: line 2: value 1: expected a number, got \"x123456789012345678901234567890123456789...\""},
        {"PK\x03\x04zip", "t: expected an NPY file or numbers as text, got a ZIP archive (.npz); unpack it"},
        {"\x1f\x8bzipped",
         "t: expected an NPY file or numbers as text, got a gzip file; unpack it: gzip -dc FILE | ib ... -"},
    };
    for (size_t i = 0; i < sizeof all / sizeof all[0]; i++)
        assert_refused(all[i].text, strlen(all[i].text), "t", all[i].line);
    assert_refused("1\n1\0\n", 5, "t", "t: line 2: value 1: expected a number, got \"1?\"");
}

static void text_with_gaps(void **state)
{
    (void)state;
    if (!READS_TEXT)
        skip();
    const char text[] = "1,2\n,nan\n5,6\n";
    matrix all;
    assert_int_equal(read_stream(file_of(text, sizeof text - 1), "t", 1, 2, &all), 0);
    assert_int_equal(all.type, IB_CODE_FLOAT64);
    assert_int_equal(all.rows, 3);
    const double *values = all.data;
    assert_true(values[0] == 1 && values[1] == 2 && isnan(values[2]) && isnan(values[3]) && values[5] == 6);
    matrix_free(&all);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(npy_types),       cmocka_unit_test(npy_versions_and_sizes),
        cmocka_unit_test(npy_refusals),    cmocka_unit_test(npy_damage),
        cmocka_unit_test(npy_claims),      cmocka_unit_test(text_is_read),
        cmocka_unit_test(text_is_refused), cmocka_unit_test(text_with_gaps),
    };
    return cmocka_run_group_tests(tests, prepare, NULL);
}
