/* The folder of a study: what comes back from it, hostile files, two programs, disks that are full. */
#include "folder.h"
#include "support.h"

#include <fcntl.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#define SETTING UINT64_C(0x00c0ffee00c0ffee)
#define SEED 7

/* What folder_save() is given. */
typedef struct bytes {
    unsigned char data[4096];
    size_t size;
} bytes;

typedef struct fixture {
    char parent[64];
    char path[80];
    settings asked;
    ib_context *context;
} fixture;

static int create_fixture(void **state)
{
    fixture *f = calloc(1, sizeof *f);
    assert_non_null(f);
    snprintf(f->parent, sizeof f->parent, "/tmp/libib-test-XXXXXX");
    assert_non_null(mkdtemp(f->parent));
    snprintf(f->path, sizeof f->path, "%s/study", f->parent);
    char *words[] = {"run", "--runs=9", "--seed=7", "--out", f->path};
    assert_int_equal(settings_parse(&f->asked, 5, words), OPTIONS_FINE);
    f->context = test_context(NULL);
    *state = f;
    return 0;
}

static int destroy_fixture(void **state)
{
    fixture *f = *state;
    char command[128];
    snprintf(command, sizeof command, "rm -rf '%s'", f->parent);
    assert_int_equal(system(command), 0);
    ib_context_destroy(f->context);
    free(f);
    return 0;
}

/* --- what is said --------------------------------------------------------------------------------------------------*/

/* Standard error goes to a file from hear() to heard(). */
static int ears = -1, loud = -1;

static void hear(void)
{
    FILE *stream = tmpfile();
    assert_non_null(stream);
    ears = dup(fileno(stream));
    fclose(stream);
    loud = dup(STDERR_FILENO);
    dup2(ears, STDERR_FILENO);
}

/* What was said, until the next call. */
static const char *heard(void)
{
    static char text[1024];
    dup2(loud, STDERR_FILENO);
    close(loud);
    const ssize_t n = pread(ears, text, sizeof text - 1, 0);
    assert_true(n >= 0);
    text[n] = '\0';
    close(ears);
    return text;
}

static void assert_one_line(const char *text, const char *words)
{
    const char *end = strchr(text, '\n');
    assert_non_null(end);
    assert_string_equal(end, "\n");
    if (!strstr(text, words))
        fail_msg("expected \"%s\" in: %s", words, text);
}

/* --- runs ----------------------------------------------------------------------------------------------------------*/

static int32_t take(const void *data, size_t size, void *user_data)
{
    bytes *to = user_data;
    assert_true(to->size + size <= sizeof to->data);
    memcpy(to->data + to->size, data, size);
    to->size += size;
    return 0;
}

/* A run of two epochs and a few points, as its record is saved. */
static void make_run(ib_context *context, uint64_t setting, uint64_t run, uint32_t outcome, bytes *to)
{
    ib_record_options options;
    ib_record *record;
    ib_record_options_init(&options);
    options.seed = SEED;
    options.run = run;
    options.setting = setting;
    assert_ok(context, ib_record_create(context, &options, &record));
    for (uint32_t e = 0; e < 2; e++) {
        const ib_epoch epoch = {.struct_size = sizeof epoch, .epoch = e, .running_loss = 0.5 * (double)run + e};
        const ib_point point = {.epoch = e, .layer = 1, .states = 5, .i_xt = 3 + (double)run, .i_ty = 0.5};
        assert_ok(context, ib_record_add(record, &epoch));
        assert_ok(context, ib_plane_add(ib_record_plane(record), &point));
    }
    assert_ok(context, ib_record_set_outcome(record, outcome));
    to->size = 0;
    assert_ok(context, ib_record_write(record, take, to));
    ib_record_destroy(record);
}

static void save_run(fixture *f, folder *study, uint64_t run, uint32_t outcome)
{
    bytes b;
    make_run(f->context, SETTING, run, outcome, &b);
    if (outcome == IB_OUTCOME_OPEN)
        assert_int_equal(take("what a trainer needs", 20, &b), 0);
    assert_int_equal(folder_save(study, run, outcome, b.data, b.size), 0);
}

static void run_path(const fixture *f, const char *name, char path[128])
{
    snprintf(path, 128, "%s/%s", f->path, name);
}

static void put_file(const fixture *f, const char *name, const void *data, size_t size)
{
    char path[128];
    run_path(f, name, path);
    FILE *stream = fopen(path, "w");
    assert_non_null(stream);
    assert_int_equal(fwrite(data, 1, size, stream), size);
    assert_int_equal(fclose(stream), 0);
}

static size_t get_file(const fixture *f, const char *name, void *data, size_t size)
{
    char path[128];
    run_path(f, name, path);
    FILE *stream = fopen(path, "r");
    assert_non_null(stream);
    const size_t n = fread(data, 1, size, stream);
    fclose(stream);
    return n;
}

static int is_there(const fixture *f, const char *name)
{
    char path[128];
    run_path(f, name, path);
    return access(path, F_OK) == 0;
}

static void assert_list(const folder *study, int finished, const uint64_t *expected, size_t n_expected)
{
    uint64_t *runs = NULL;
    size_t n = 0;
    assert_int_equal(folder_list(study, finished, &runs, &n), 0);
    assert_int_equal(n, n_expected);
    if (n_expected)
        assert_memory_equal(runs, expected, n_expected * sizeof *runs);
    free(runs);
}

/* --- tests ---------------------------------------------------------------------------------------------------------*/

static int add_up(uint64_t run, ib_record *record, void *user_data)
{
    uint64_t *sum = user_data;
    size_t epochs;
    assert_true(ib_record_epochs(record, &epochs)[1].running_loss == 0.5 * (double)run + 1);
    assert_int_equal(epochs, 2);
    assert_true(ib_plane_points(ib_record_plane(record))[0].i_xt == 3 + (double)run);
    *sum = 10 * *sum + run;
    return *sum == 14 ? -1 : 0;
}

static void studies_come_back(void **state)
{
    fixture *f = *state;
    folder study;
    assert_int_equal(folder_create(&study, &f->asked, f->context, SETTING), 0);
    save_run(f, &study, 4, IB_OUTCOME_OPEN);
    save_run(f, &study, 5, IB_OUTCOME_GOOD);
    save_run(f, &study, 4, IB_OUTCOME_OPEN);
    save_run(f, &study, 2, IB_OUTCOME_OPEN);
    save_run(f, &study, 2, IB_OUTCOME_GOOD);
    save_run(f, &study, 123456789, IB_OUTCOME_BAD);
    put_file(f, "runs/notes.txt", "mine", 4);
    put_file(f, "runs/7.run", "mine", 4);
    folder_close(&study);

    assert_int_equal(folder_open(&study, f->path), 0);
    assert_true(study.setting == SETTING);
    assert_int_equal(study.fused, ib_context_fused(f->context));
    assert_string_equal(study.kernels, ib_context_kernels(f->context));
    assert_string_equal(study.version, ib_version_get());
    assert_int_equal(study.asked.runs, 9);
    assert_int_equal(study.asked.seed, SEED);
    assert_int_equal(study.lock, -1);
    assert_list(&study, 1, (const uint64_t[]){2, 5, 123456789}, 3);
    assert_list(&study, 0, (const uint64_t[]){4}, 1);
    ib_record *record;
    assert_int_equal(folder_read(&study, f->context, 4, 0, &record), 0);
    assert_int_equal(ib_record_outcome(record), IB_OUTCOME_OPEN);
    ib_record_destroy(record);
    uint64_t sum = 0;
    assert_int_equal(folder_each(&study, f->context, add_up, &sum), 0);
    assert_int_equal(sum, 250 + 123456789);
    assert_int_equal(folder_lock(&study), 0);
    assert_true(is_there(f, "runs/notes.txt"));
    folder_close(&study);
}

static void each_stops_when_told(void **state)
{
    fixture *f = *state;
    folder study;
    uint64_t sum = 1;
    assert_int_equal(folder_create(&study, &f->asked, f->context, SETTING), 0);
    save_run(f, &study, 4, IB_OUTCOME_GOOD);
    save_run(f, &study, 5, IB_OUTCOME_GOOD);
    assert_int_equal(folder_each(&study, f->context, add_up, &sum), -1);
    assert_int_equal(sum, 14);
    folder_close(&study);
}

/* Reading run `run` fails, and one line names its file. */
static void assert_refused(const fixture *f, const folder *study, uint64_t run, int finished, const char *words)
{
    ib_record *record;
    char name[128];
    snprintf(name, sizeof name, "%s/runs/%08d.%s: ", f->path, (int)run, finished ? "run" : "checkpoint");
    hear();
    const int failed = folder_read(study, f->context, run, finished, &record);
    const char *text = heard();
    assert_int_equal(failed, -1);
    assert_null(record);
    assert_one_line(text, name);
    assert_one_line(text, words);
}

static void damaged_runs_are_refused(void **state)
{
    fixture *f = *state;
    folder study;
    bytes b;
    assert_int_equal(folder_create(&study, &f->asked, f->context, SETTING), 0);
    make_run(f->context, SETTING, 3, IB_OUTCOME_GOOD, &b);
    for (size_t n = 0; n < b.size; n++) {
        put_file(f, "runs/00000003.run", b.data, n);
        assert_refused(f, &study, 3, 1, "");
    }
    for (size_t i = 0; i < b.size; i++) {
        b.data[i] ^= (unsigned char)(1U << test_random_below(8));
        put_file(f, "runs/00000003.run", b.data, b.size);
        assert_refused(f, &study, 3, 1, "");
        make_run(f->context, SETTING, 3, IB_OUTCOME_GOOD, &b);
    }
    b.data[b.size] = 0;
    put_file(f, "runs/00000003.run", b.data, b.size + 1);
    assert_refused(f, &study, 3, 1, "more bytes");
    put_file(f, "runs/00000003.run", b.data, b.size);
    ib_record *record;
    assert_int_equal(folder_read(&study, f->context, 3, 1, &record), 0);
    ib_record_destroy(record);
    folder_close(&study);
}

static void foreign_runs_are_refused(void **state)
{
    fixture *f = *state;
    folder study;
    bytes b;
    char path[128];
    assert_int_equal(folder_create(&study, &f->asked, f->context, SETTING), 0);
    make_run(f->context, SETTING + 1, 3, IB_OUTCOME_GOOD, &b);
    put_file(f, "runs/00000003.run", b.data, b.size);
    assert_refused(f, &study, 3, 1, "setting");
    make_run(f->context, SETTING, 2, IB_OUTCOME_GOOD, &b);
    put_file(f, "runs/00000003.run", b.data, b.size);
    assert_refused(f, &study, 3, 1, "run");
    make_run(f->context, SETTING, 3, IB_OUTCOME_OPEN, &b);
    put_file(f, "runs/00000003.run", b.data, b.size);
    assert_refused(f, &study, 3, 1, "finished");
    make_run(f->context, SETTING, 3, IB_OUTCOME_GOOD, &b);
    put_file(f, "runs/00000003.checkpoint", b.data, b.size);
    assert_refused(f, &study, 3, 0, "in progress");
    study.asked.seed++;
    put_file(f, "runs/00000003.run", b.data, b.size);
    assert_refused(f, &study, 3, 1, "seed");
    study.asked.seed--;
    run_path(f, "runs/00000004.run", path);
    assert_int_equal(mkdir(path, 0777), 0);
    assert_refused(f, &study, 4, 1, "Is a directory");
    assert_refused(f, &study, 5, 1, "No such file");
    folder_close(&study);
}

static void assert_not_opened(const fixture *f, const char *words)
{
    folder study;
    hear();
    const int failed = folder_open(&study, f->path);
    const char *text = heard();
    assert_int_equal(failed, -1);
    assert_one_line(text, f->path);
    assert_one_line(text, words);
}

static void what_is_no_study_is_refused(void **state)
{
    fixture *f = *state;
    folder study;
    char text[1024], other[2048];
    assert_not_opened(f, "No such file");
    assert_int_equal(mkdir(f->path, 0777), 0);
    assert_not_opened(f, "is not the folder of a study");
    assert_int_equal(folder_create(&study, &f->asked, f->context, SETTING), 0);
    folder_close(&study);
    const size_t size = get_file(f, "settings.txt", text, sizeof text - 1);
    text[size] = '\0';
    for (size_t n = 0; n < size; n++) {
        put_file(f, "settings.txt", text, n);
        assert_not_opened(f, "settings.txt");
    }
    /* The version of the format is the first of the lines that are no comment. */
    const char *format = strstr(text, "\nformat 1\n");
    assert_non_null(format);
    snprintf(other, sizeof other, "%.*s\nformat 2\n%s", (int)(format - text), text, format + 10);
    put_file(f, "settings.txt", other, strlen(other));
    assert_not_opened(f, "format: expected 1");
    snprintf(other, sizeof other, "%s--runs=0\n", text);
    put_file(f, "settings.txt", other, strlen(other));
    assert_not_opened(f, "--runs: expected 1 to");
    memcpy(strstr(text, "\nfused ") + 7, "2", 1);
    put_file(f, "settings.txt", text, size);
    assert_not_opened(f, "fused: expected 0 or 1");
}

/* Whatever is flipped, it is opened, or one line says why not. */
static void flipped_settings_do_no_harm(void **state)
{
    fixture *f = *state;
    folder study;
    char text[2048];
    assert_int_equal(folder_create(&study, &f->asked, f->context, SETTING), 0);
    folder_close(&study);
    const size_t size = get_file(f, "settings.txt", text, sizeof text);
    for (size_t i = 0; i < size; i++) {
        const char was = text[i];
        text[i] = (char)test_random_below(256);
        put_file(f, "settings.txt", text, size);
        hear();
        const int failed = folder_open(&study, f->path);
        const char *said = heard();
        if (failed)
            assert_one_line(said, "settings.txt");
        else
            folder_close(&study);
        text[i] = was;
    }
}

static void new_studies_want_empty_folders(void **state)
{
    fixture *f = *state;
    folder study;
    assert_int_equal(mkdir(f->path, 0777), 0);
    put_file(f, "notes.txt", "mine", 4);
    hear();
    assert_int_equal(folder_create(&study, &f->asked, f->context, SETTING), -1);
    assert_one_line(heard(), "is not empty");
    assert_true(is_there(f, "notes.txt") && !is_there(f, "lock") && !is_there(f, "runs"));
    char path[128];
    run_path(f, "notes.txt", path);
    remove(path);
    /* What a program leaves that was killed while it began. */
    put_file(f, "lock", "", 0);
    put_file(f, "settings.txt.part", "form", 4);
    assert_int_equal(folder_create(&study, &f->asked, f->context, SETTING), 0);
    assert_false(is_there(f, "settings.txt.part"));
    save_run(f, &study, 1, IB_OUTCOME_GOOD);
    folder_close(&study);
    hear();
    assert_int_equal(folder_create(&study, &f->asked, f->context, SETTING), -1);
    assert_one_line(heard(), "is not empty");
    run_path(f, "settings.txt", path);
    remove(path);
    hear();
    assert_int_equal(folder_create(&study, &f->asked, f->context, SETTING), -1); /* there is a run */
    assert_one_line(heard(), "is not empty");
    assert_true(is_there(f, "runs/00000001.run"));
}

static void one_program_at_a_time(void **state)
{
    fixture *f = *state;
    folder study;
    int ready[2];
    char byte, words[64];
    assert_int_equal(pipe(ready), 0);
    const pid_t other = fork();
    if (other == 0) {
        if (folder_create(&study, &f->asked, f->context, SETTING) || write(ready[1], "", 1) != 1)
            _exit(1);
        for (;;)
            pause();
    }
    assert_int_equal(read(ready[0], &byte, 1), 1);
    snprintf(words, sizeof words, "another program is at work here, process %ld", (long)other);
    assert_int_equal(folder_open(&study, f->path), 0); /* to read needs no lock */
    hear();
    assert_int_equal(folder_lock(&study), -1);
    assert_one_line(heard(), words);
    kill(other, SIGKILL);
    assert_int_equal(waitpid(other, NULL, 0), other);
    assert_int_equal(folder_lock(&study), 0);
    folder_close(&study);
    close(ready[0]);
    close(ready[1]);
}

/* What a program leaves that was killed is not believed, and is gone when the next one has locked the folder. */
static void what_was_left_is_tidied(void **state)
{
    fixture *f = *state;
    folder study;
    bytes b;
    assert_int_equal(folder_create(&study, &f->asked, f->context, SETTING), 0);
    save_run(f, &study, 1, IB_OUTCOME_OPEN);
    save_run(f, &study, 2, IB_OUTCOME_GOOD);
    folder_close(&study);
    make_run(f->context, SETTING, 3, IB_OUTCOME_GOOD, &b);
    put_file(f, "runs/00000003.run.part", b.data, b.size / 2);
    put_file(f, "runs/00000001.checkpoint.part", b.data, b.size);
    put_file(f, "runs/00000002.checkpoint", b.data, b.size); /* killed before it could be removed */
    assert_int_equal(folder_open(&study, f->path), 0);
    assert_list(&study, 1, (const uint64_t[]){2}, 1);
    assert_true(is_there(f, "runs/00000003.run.part"));
    assert_int_equal(folder_lock(&study), 0);
    assert_false(is_there(f, "runs/00000003.run.part"));
    assert_false(is_there(f, "runs/00000001.checkpoint.part"));
    assert_false(is_there(f, "runs/00000002.checkpoint"));
    assert_list(&study, 0, (const uint64_t[]){1}, 1);
    folder_close(&study);
}

/* A disk that is full leaves the file that was there, and nothing else. */
static void failed_writes_leave_the_old_file(void **state)
{
    fixture *f = *state;
    folder study;
    bytes before, after;
    static char large[1 << 16];
    assert_int_equal(folder_create(&study, &f->asked, f->context, SETTING), 0);
    save_run(f, &study, 1, IB_OUTCOME_OPEN);
    before.size = get_file(f, "runs/00000001.checkpoint", before.data, sizeof before.data);
    struct rlimit usual, small;
    assert_int_equal(getrlimit(RLIMIT_FSIZE, &usual), 0);
    small = usual;
    small.rlim_cur = 4096;
    signal(SIGXFSZ, SIG_IGN);
    hear();
    setrlimit(RLIMIT_FSIZE, &small);
    const int as_checkpoint = folder_save(&study, 1, IB_OUTCOME_OPEN, large, sizeof large);
    setrlimit(RLIMIT_FSIZE, &usual);
    assert_one_line(heard(), "runs/00000001.checkpoint: File too large");
    hear();
    setrlimit(RLIMIT_FSIZE, &small);
    const int as_run = folder_save(&study, 1, IB_OUTCOME_GOOD, large, sizeof large);
    setrlimit(RLIMIT_FSIZE, &usual);
    assert_one_line(heard(), "runs/00000001.run: File too large");
    signal(SIGXFSZ, SIG_DFL);
    assert_int_equal(as_checkpoint, -1);
    assert_int_equal(as_run, -1);
    after.size = get_file(f, "runs/00000001.checkpoint", after.data, sizeof after.data);
    assert_int_equal(after.size, before.size);
    assert_memory_equal(after.data, before.data, before.size);
    assert_false(is_there(f, "runs/00000001.checkpoint.part"));
    assert_false(is_there(f, "runs/00000001.run.part"));
    assert_false(is_there(f, "runs/00000001.run"));
    folder_close(&study);
}

int main(void)
{
#define FOLDER_TEST(name) cmocka_unit_test_setup_teardown(name, create_fixture, destroy_fixture)
    const struct CMUnitTest tests[] = {
        FOLDER_TEST(studies_come_back),
        FOLDER_TEST(each_stops_when_told),
        FOLDER_TEST(damaged_runs_are_refused),
        FOLDER_TEST(foreign_runs_are_refused),
        FOLDER_TEST(what_is_no_study_is_refused),
        FOLDER_TEST(flipped_settings_do_no_harm),
        FOLDER_TEST(new_studies_want_empty_folders),
        FOLDER_TEST(one_program_at_a_time),
        FOLDER_TEST(what_was_left_is_tidied),
        FOLDER_TEST(failed_writes_leave_the_old_file),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
