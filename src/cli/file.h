/* Files that a study writes: every write is checked, and what went wrong is said once. */
#ifndef IB_CLI_FILE_H
#define IB_CLI_FILE_H

#include <stdio.h>
#include <sys/types.h>

/* A file being written. All zero: none. */
typedef struct file {
    FILE *stream;
    char *path;
    off_t whole; /* bytes that file_commit() has made sure of */
} file;

/* Makes sure that there is an empty folder at `path`; its parent must exist. 0, or -1 after saying why. */
int folder_prepare(const char *path);

/* Creates folder/name. 0, or -1 after saying why. */
int file_create(file *f, const char *folder, const char *name);

/* Makes sure that all that was written has reached the file. 0, or -1 after saying why. */
int file_commit(file *f);

/* Closes a file and forgets what was written since the last file_commit(). */
void file_roll_back(file *f);

/* Commits and closes a file; no effect on one that is none. 0, or -1 after saying why. */
int file_close(file *f);

/* Makes sure that a file or folder, with what was written to it, is on the disk. 0, or -1 after saying why. */
int file_sync(const char *path);

/* "folder/name" in memory to be freed, or NULL after saying that there is none. */
char *path_join(const char *folder, const char *name);

#endif
