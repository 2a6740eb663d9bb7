/* A study's folder: what was asked, and a file for each run. Each file is written under another name, forced to the
 * disk, and renamed, so that whatever happens a file of a run is whole.
 *
 *     DIR/settings.txt              what was asked, as options of `ib run`, one on a line
 *     DIR/lock                      locked by the program that is at work here
 *     DIR/runs/00000012.run         a finished run: what ib_study_options::save is given, and ib_record_read() reads
 *     DIR/runs/00000013.checkpoint  a run in progress
 *
 * Files whose names end in .part are being written; what is left of them is removed when the folder is locked. Programs
 * that only read need no lock. */
#ifndef IB_CLI_FOLDER_H
#define IB_CLI_FOLDER_H

#include "settings.h"

#include <libib/libib.h>

#include <stddef.h>
#include <stdint.h>

typedef struct folder {
    char *path;
    char *runs;       /* the folder of the files of runs */
    settings asked;   /* as settings.txt says, when it was opened */
    char version[32]; /* of libib, when the study was begun */
    char kernels[32]; /* likewise: their name */
    uint32_t fused;   /* class of kernels that its runs are made with (ib_context_fused()) */
    uint64_t setting; /* ib_study_setting() of its study: what its runs are made with */
    int lock;         /* descriptor; -1: not locked */
} folder;

/* Makes an empty folder, or one that is not there, that of a new study, and locks it. 0, or -1 after saying why. */
int folder_create(folder *f, const settings *asked, ib_context *context, uint64_t setting);

/* Whether this is the folder of a study, and not what is left of one that was ended while it was made. */
int folder_is_there(const char *path);

/* Opens the folder of a study, to read. 0, or -1 after saying why. */
int folder_open(folder *f, const char *path);

/* Locks an open folder, to go on with its study. 0, or -1 after saying why: another program is at work there. */
int folder_lock(folder *f);

/* The process that is at work in an open folder; 0: none. */
long folder_worker(const folder *f);

/* Writes what is asked anew, in a locked folder: there may be more runs, all else must be as it was. 0, or -1 after
 * saying why. */
int folder_write_settings(const folder *f);

/* "with fused multiply-add": the class of kernels that its runs are made with, in words. */
const char *folder_kernel_class(const folder *f);

/* Unlocks, and frees what it holds. */
void folder_close(folder *f);

/* Puts the bytes of a run on the disk; a finished run replaces its checkpoint. 0, or -1 after saying why. */
int folder_save(const folder *f, uint64_t run, uint32_t outcome, const void *bytes, size_t size);

/* Numbers of the runs that are finished, or in progress, in ascending order: an array to be freed. 0, or -1 after
 * saying why. */
int folder_list(const folder *f, int finished, uint64_t **runs, size_t *n);

/* How many these are. 0, or -1 after saying why. */
int folder_count(const folder *f, int finished, size_t *n);

/* Removes checkpoints of runs that are finished. 0, or -1 after saying why. */
int folder_drop_checkpoints(const folder *f);

/* The path of the file of a run, to be freed, or NULL after saying why. */
char *folder_path(const folder *f, uint64_t run, int finished);

/* Reads a finished run, or what one in progress has come to: a record to be destroyed, whose layers, measures and
 * estimators can be of this study. 0, or -1 after saying why. */
int folder_read(const folder *f, ib_context *context, uint64_t run, int finished, ib_record **record);

/* Reads the finished runs one after the other, in ascending order, and hands each to `take`, which returns 0 to go on,
 * or -1 after saying why not. 0, or -1 after saying why. */
typedef int (*folder_take)(uint64_t run, ib_record *record, void *user_data);
int folder_each(const folder *f, ib_context *context, folder_take take, void *user_data);

/* Gives the bytes of an open file to ib_study_read() and ib_record_read(): an ib_read_fn; user_data is the FILE *. */
int32_t folder_give(void *data, size_t size, size_t *count, void *stream);

#endif
