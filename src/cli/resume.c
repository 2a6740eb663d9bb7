#include "resume.h"

#include "say.h"

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define REASON_LENGTH 320

int resume_check(const folder *f, ib_context *context, const ib_study *study)
{
    if (f->fused != ib_context_fused(context)) {
        say("%s: expected kernels %s, as %s, which made its runs; got %s (LIBIB_KERNELS chooses others)", f->path,
            folder_kernel_class(f), f->kernels, ib_context_kernels(context));
        return -1;
    }
    if (f->setting == ib_study_setting(study))
        return 0;
    if (strcmp(f->version, ib_version_get()) != 0)
        say("%s: expected libib %s, which makes other runs of these settings than %s does", f->path, f->version,
            ib_version_get());
    else
        say("%s: settings.txt is not as it was when the study was begun", f->path);
    return -1;
}

/* What became of a file. */
typedef enum outcome {
    OUTCOME_TAKEN,
    OUTCOME_REFUSED, /* it is no run of the study, or damaged */
    OUTCOME_WRONG,   /* it is a run, but not what its name says; the study has taken it */
    OUTCOME_FAILED   /* out of memory */
} outcome;

/* Gives a study one file. */
static outcome read_stream(ib_context *context, ib_study *study, uint64_t run, int finished, FILE *stream,
                           char reason[REASON_LENGTH])
{
    uint64_t found;
    uint32_t how;
    errno = 0;
    const ib_status status = ib_study_read(study, folder_give, stream, &found, &how);
    if (status) {
        snprintf(reason, REASON_LENGTH, "%s", ferror(stream) ? strerror(errno) : ib_context_message(context));
        return status == IB_ERR_NOMEM ? OUTCOME_FAILED : OUTCOME_REFUSED;
    }
    if (found == run && finished == (how != IB_OUTCOME_OPEN))
        return OUTCOME_TAKEN;
    snprintf(reason, REASON_LENGTH, "expected run %" PRIu64 " %s, got run %" PRIu64 " %s", run,
             finished ? "finished" : "in progress", found, how != IB_OUTCOME_OPEN ? "finished" : "in progress");
    return OUTCOME_WRONG;
}

static outcome read_run(ib_context *context, ib_study *study, uint64_t run, int finished, const char *path,
                        char reason[REASON_LENGTH])
{
    FILE *stream = fopen(path, "r");
    if (!stream) {
        snprintf(reason, REASON_LENGTH, "%s", strerror(errno));
        return OUTCOME_REFUSED;
    }
    const outcome answer = read_stream(context, study, run, finished, stream, reason);
    fclose(stream);
    return answer;
}

/* 0, or -1 after saying why. */
static int take(const folder *f, ib_context *context, ib_study *study, uint64_t run, int finished)
{
    char reason[REASON_LENGTH];
    char *path = folder_path(f, run, finished);
    if (!path)
        return -1;
    const outcome answer = read_run(context, study, run, finished, path, reason);
    const int is_replaced = answer == OUTCOME_REFUSED && !finished;
    if (answer == OUTCOME_FAILED)
        say("%s: %s", path, reason);
    else if (is_replaced)
        say("%s: %s; run %" PRIu64 " is made anew from its beginning", path, reason, run);
    else if (answer != OUTCOME_TAKEN)
        say("%s: %s; move it away and resume, and run %" PRIu64 " is made anew", path, reason, run);
    free(path);
    return answer == OUTCOME_TAKEN || is_replaced ? 0 : -1;
}

static int take_all(const folder *f, ib_context *context, ib_study *study, int finished)
{
    uint64_t *runs;
    size_t n;
    if (folder_list(f, finished, &runs, &n))
        return -1;
    int failed = 0;
    for (size_t i = 0; i < n && !failed; i++)
        failed = take(f, context, study, runs[i], finished);
    free(runs);
    return failed;
}

int resume_read(const folder *f, ib_context *context, ib_study *study)
{
    return take_all(f, context, study, 1) || take_all(f, context, study, 0) ? -1 : 0;
}
