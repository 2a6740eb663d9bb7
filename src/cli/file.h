/* Files that a study writes: whole or not at all. Every write is checked, and what went wrong is said once. */
#ifndef IB_CLI_FILE_H
#define IB_CLI_FILE_H

#include <stdio.h>

/* What names of files end in while they are written. */
#define FILE_PART ".part"

/* A file being written. All zero: none. */
typedef struct file {
    FILE *stream;
    char *folder;
    char *path;      /* its name once it is whole */
    char *temporary; /* its name until then */
    int error;       /* why file_write() failed; 0: it did not */
} file;

/* Begins to write folder/name; what has that name stays until file_close(). 0, or -1 after saying why. */
int file_create(file *f, const char *folder, const char *name);

/* Writes bytes; file_close() tells if that fails. Text may be printed to the stream as well. */
void file_write(file *f, const void *data, size_t size);

/* Forces what was written to the disk, and only then gives it its name. 0, or -1 after saying why; then there is no
 * trace of it, and what had that name before is as it was. */
int file_close(file *f);

/* Gives up a file: there is no trace of it, and what had that name before is as it was. */
void file_drop(file *f);

/* Makes sure that a file or folder, with what was written to it, is on the disk. 0, or -1 after saying why. */
int file_sync(const char *path);

/* Removes folder/name, if it is there. 0, or -1 after saying why. */
int file_remove(const char *folder, const char *name);

/* Whether a name is that of a file that is being written, or was when a program was ended. */
int file_is_part(const char *name);

/* Makes a folder, which may be there already. 0, or -1 after saying why. */
int file_make_folder(const char *path);

/* Takes the name of an entry of a folder. 0 to go on, else what each_entry() returns. */
typedef int (*take_entry)(const char *name, void *user_data);

/* All entries of a folder, in no order. 0, what `take` stopped with, or -1 after saying why. */
int each_entry(const char *path, take_entry take, void *user_data);

/* "folder/name" in memory to be freed, or NULL after saying that there is none. */
char *path_join(const char *folder, const char *name);

#endif
